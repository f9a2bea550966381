"""A small page to look at: recent requests and records, plain and without JavaScript."""

import flask

from connector.sandbox.config import COMPANY_ID
from connector.sandbox.endpoint import Surroundings
from connector.sandbox.objects import OBJECTS
from connector.sandbox.policies import POLICIES

ROWS = 50

_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sandbox company {{ company }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; max-width: 70rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left }
.notice { background: #fff4ce; border: 1px solid #8a6d00; padding: .6rem 1rem }
</style>
</head>
<body>
<h1>Sandbox company {{ company }}</h1>
<p class="notice" role="note">This is not Sage Intacct. It is an offline stand-in for trying and
testing, with made-up data. Nothing here is accounting.</p>
<h2>Recent requests</h2>
{% if requests %}
<table>
<thead><tr><th scope="col">Time</th><th scope="col">Functions</th><th scope="col">Control ids</th>
<th scope="col">HTTP</th><th scope="col">Milliseconds</th></tr></thead>
<tbody>
{% for seen in requests %}
<tr><td>{{ seen.at }}</td><td>{{ seen.functions | join(", ") }}</td>
<td>{{ seen.control_ids | join(", ") }}</td><td>{{ seen.status }}</td>
<td>{{ seen.milliseconds }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}<p>No requests yet.</p>{% endif %}
<h2>Policies</h2>
<p>Switches for what differs between companies, and for what nobody outside Sage knows. Of the
latter every value is a guess: no test can prove by them how Sage Intacct behaves.</p>
<table>
<thead><tr><th scope="col">Policy</th><th scope="col">Value</th><th scope="col">Values</th>
<th scope="col">Meaning</th><th scope="col">Standing</th></tr></thead>
<tbody>
{% for name, policy in policies.items() %}
<tr><td>{{ name }}</td><td>{{ values[name] }}</td><td>{{ policy.values }}</td>
<td>{{ policy.meaning }}</td><td>{{ policy.standing }}</td></tr>
{% endfor %}
</tbody>
</table>
<h2>Records</h2>
<p>{% for name in objects %}<a href="?object={{ name }}">{{ name }}</a> {% endfor %}</p>
<h3>{{ shown }}</h3>
{% if records %}
<table>
<thead><tr><th scope="col">Record number</th><th scope="col">ID</th><th scope="col">Entity</th>
<th scope="col">Fields</th></tr></thead>
<tbody>
{% for record in records %}
<tr><td>{{ record.recordno }}</td><td>{{ record.id }}</td><td>{{ record.entity }}</td>
<td>{% for field, value in record.body.items() %}{{ field }}: {{ value }}; {% endfor %}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}<p>No records.</p>{% endif %}
</body>
</html>
"""


def create_page(sandbox: Surroundings) -> flask.Blueprint:
    """Return the blueprint of the page at /."""
    blueprint = flask.Blueprint("sandbox_page", __name__)

    @blueprint.get("/")
    def look() -> str:
        asked = flask.request.args.get("object", "ARINVOICE").upper()
        shown = asked if asked in OBJECTS else "ARINVOICE"
        return flask.render_template_string(
            _TEMPLATE,
            company=COMPANY_ID,
            requests=sandbox.traffic.all()[: -ROWS - 1 : -1],
            policies=POLICIES,
            values=sandbox.company.policies.all(),
            objects=list(OBJECTS),
            shown=shown,
            records=sandbox.company.store.select(shown)[: -ROWS - 1 : -1],
        )

    return blueprint
