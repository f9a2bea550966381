"""Who may read on with a result set, and how long."""

import re
from collections.abc import Callable

from connector.sandbox.wire.tree import Element

Result = Callable[..., str]
Run = Callable[..., Element]
Policy = Callable[..., None]
FIRST = (
    "<readByQuery><object>CUSTOMER</object><fields>CUSTOMERID</fields><query/>"
    "<pagesize>10</pagesize></readByQuery>"
)
OVER = "does not exist or has expired"


def _more(answer: str) -> str:
    found = re.search('resultId="([^"]+)"', answer)
    assert found is not None, answer
    return f"<readMore><resultId>{found[1]}</resultId></readMore>"


def _session(run: Run, function: str = "<getAPISession/>", **options: str) -> str:
    return str(run(function, **options).findtext("operation/result/data/api/sessionid"))


def test_a_result_set_expires_when_the_policy_gives_it_minutes(
    result: Result, policy: Policy, advance: Callable[[float], None]
) -> None:
    more = _more(result(FIRST))
    advance(3600)
    assert "C-00011" in result(more)
    policy(result_expiry_minutes="30")
    advance(1700)
    assert "C-00021" in result(more)
    advance(1900)
    assert OVER in result(more)


def test_another_session_reads_on_when_the_policy_lets_the_company(
    result: Result, run: Run, policy: Policy
) -> None:
    more = _more(result(FIRST, session=_session(run)))
    other = _session(run)
    assert OVER in result(more, session=other)
    policy(read_more_from="company")
    assert "C-00011" in result(more, session=other)


def test_what_a_switch_of_the_entity_ends_is_a_policy(
    result: Result, run: Run, policy: Policy
) -> None:
    switch = "<getAPISession><locationid>100</locationid></getAPISession>"
    session = _session(run)
    more = _more(result(FIRST, session=session))
    _session(run, switch, session=session)
    assert "C-00011" in result(more, session=session)
    policy(entity_switch="ends_results")
    _session(run, switch, session=session)
    assert OVER in result(more, session=session)
    policy(entity_switch="ends_session")
    _session(run, switch, session=session)
    assert "Invalid session" in str(
        run("<getAPISession/>", session=session).findtext(
            "operation/errormessage/error/description2"
        )
    )


def test_a_page_is_not_kept_for_a_repeated_control_id_unless_it_is_replayed(
    run: Run, policy: Policy
) -> None:
    policy(repeated_control_id="replay")
    query = "<query><object>CLASS</object><select><field>CLASSID</field></select></query>"
    first = run(query, unique="true").find("operation/result/data")
    again = run(query, unique="true").find("operation/result/data")
    assert first is not None
    assert again is not None
    assert [row.findtext("CLASSID") for row in again] == [row.findtext("CLASSID") for row in first]
    policy(repeated_control_id="error")
    run(query, unique="true", ids="other")
    policy(repeated_control_id="replay")
    refused = run(query, unique="true", ids="other")
    assert refused.findtext("operation/result/status") == "failure"


def test_a_change_between_two_queries_shows_in_the_second(result: Result) -> None:
    query = "<query><object>CLASS</object><select><count>RECORDNO</count></select></query>"
    listed = "<query><object>CLASS</object><select><field>CLASSID</field></select></query>"
    assert "<COUNT.RECORDNO>2<" in result(query)
    result(listed)
    result("<create><CLASS><CLASSID>NEW</CLASSID><NAME>N</NAME></CLASS></create>")
    assert "<COUNT.RECORDNO>3<" in result(query)
    assert "NEW" in result(listed)


def test_what_a_rolled_back_transaction_showed_is_forgotten(run: Run, result: Result) -> None:
    listed = "<query><object>CLASS</object><select><field>CLASSID</field></select></query>"
    create = "<create><CLASS><CLASSID>GONE</CLASSID><NAME>N</NAME></CLASS></create>"
    broken = "<delete><object>CLASS</object><keys>99</keys></delete>"
    run(create, listed, broken, transaction="true")
    assert 'totalcount="2"' in result(listed)
