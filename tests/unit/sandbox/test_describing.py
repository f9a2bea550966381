"""lookup, inspect, and what a client may ask about the company."""

import re
from collections.abc import Callable

import pytest

from connector.sandbox.wire.tree import Element

Result = Callable[..., str]
Run = Callable[..., Element]


def test_lookup_names_each_field_with_its_type_and_values(result: Result) -> None:
    answer = result("<lookup><object>ARINVOICE</object></lookup>")
    assert (
        '<data listtype="All" count="1"><Type Name="ARINVOICE" DocumentType=""><Fields>' in answer
    )
    assert (
        "<Field><ID>RECORDNO</ID><LABEL>Recordno</LABEL><DESCRIPTION>Recordno</DESCRIPTION>"
        "<REQUIRED>false</REQUIRED><READONLY>true</READONLY><DATATYPE>INTEGER</DATATYPE>"
        "<ISCUSTOM>false</ISCUSTOM></Field>" in answer
    )
    state = re.search("<Field><ID>STATE</ID>.*?</Field>", answer)
    assert state is not None
    assert "<VALIDVALUES><VALIDVALUE>Draft</VALIDVALUE>" in state[0]
    custom = re.findall("<ID>([^<]*)</ID>(?:(?!</Field>).)*<ISCUSTOM>true", answer)
    assert "HUBSPOT_DEAL_ID" in custom
    assert "CUSTOMERID" not in custom


def test_lookup_names_the_relations_that_a_dotted_path_may_follow(result: Result) -> None:
    answer = result("<lookup><object>ARINVOICE</object><docparid>Sales</docparid></lookup>")
    assert 'DocumentType="Sales"' in answer
    assert (
        "<Relationship><OBJECTPATH>CUSTOMER</OBJECTPATH><OBJECTNAME>CUSTOMER</OBJECTNAME>"
        "<LABEL>Customer</LABEL><RELATIONSHIPTYPE>MANY2ONE</RELATIONSHIPTYPE>"
        "<RELATEDBY>CUSTOMERID</RELATEDBY></Relationship>" in answer
    )


@pytest.mark.parametrize("name", ["CUSTOMER", "VENDOR", "ARINVOICE", "CONTACT"])
def test_every_field_that_lookup_names_can_be_selected(result: Result, name: str) -> None:
    names = re.findall("<ID>(.*?)</ID>", result(f"<lookup><object>{name}</object></lookup>"))
    select = "".join(f"<field>{field}</field>" for field in names)
    answer = result(f"<query><object>{name}</object><select>{select}</select></query>")
    assert "<status>success</status>" in answer


@pytest.mark.parametrize("function", ["lookup", "inspect"])
def test_an_unknown_object_is_not_described(result: Result, function: str) -> None:
    answer = result(f"<{function}><object>SPACESHIP</object></{function}>")
    assert "Object definition SPACESHIP not found" in answer


def test_inspect_lists_the_objects_the_fields_or_their_details(result: Result) -> None:
    every = result("<inspect><object>*</object></inspect>")
    assert '<data listtype="All" count="1"><type typename="customer">Customer</type>' in every
    plain = result("<inspect><object>EMPLOYEE</object></inspect>")
    assert '<Type Name="EMPLOYEE"><Fields><Field>RECORDNO</Field><Field>EMPLOYEEID' in plain
    assert result("<inspect><name>Employee</name></inspect>") == plain
    details = result('<inspect detail="1"><object>EMPLOYEE</object></inspect>')
    assert (
        "<Attributes><SingularName>Employee</SingularName><PluralName>Employees</PluralName>"
        "<Description/></Attributes><Fields><Field><Name>RECORDNO</Name><GroupName/>"
        "<dataName>Pt_FieldInt</dataName><externalDataName>integer</externalDataName>"
        "<isRequired>false</isRequired><isReadOnly>true</isReadOnly><maxLength>8</maxLength>"
        in details
    )


def test_dimensions_are_listed_with_their_relationships(result: Result) -> None:
    dimensions = result("<getDimensions/>")
    assert (
        "<data><dimensions><dimension><objectName>DEPARTMENT</objectName>"
        "<objectLabel>Department</objectLabel><termLabel>Department</termLabel>"
        "<userDefinedDimension>false</userDefinedDimension><enabledInGL>true</enabledInGL>"
        "</dimension>" in dimensions
    )
    assert dimensions.count("<userDefinedDimension>true") == 1
    related = result("<getDimensionRelationships/>")
    assert related.count("<relationship>") == dimensions.count("<dimension>")
    assert "<dimension>LOCATION</dimension><object_id>5002</object_id>" in related


def test_the_financial_setup_names_currency_and_books(result: Result) -> None:
    assert (
        "<data><financialSetup><baseCurrency>USD</baseCurrency><defaultBook>ACCRUAL</defaultBook>"
        "<firstFiscalMonth>1</firstFiscalMonth>" in result("<getFinancialSetup/>")
    )


def test_a_user_has_permissions_and_formats(result: Result) -> None:
    rights = result("<getUserPermissions><userId>apiuser</userId></getUserPermissions>")
    assert "<permissions><appSubscription><applicationName>Company</applicationName>" in rights
    assert "<policies><policy><policyName>Contacts</policyName><rights>List|View|Add" in rights
    by_name = result("<readUserFormatting><userId>apiuser</userId></readUserFormatting>")
    by_key = result("<readUserFormatting><key>1</key></readUserFormatting>")
    assert by_name == by_key
    assert "<userformatting><recordno>1</recordno><locale>en_US</locale>" in by_name


@pytest.mark.parametrize(
    "function",
    [
        "<getUserPermissions><userId>nobody</userId></getUserPermissions>",
        "<readUserFormatting><key>999</key></readUserFormatting>",
        '<get_companyprefs application="ZZ"/>',
    ],
)
def test_who_or_what_does_not_exist_is_refused(result: Result, function: str) -> None:
    assert "<status>failure</status>" in result(function)


def test_preferences_are_those_of_one_subscription(result: Result) -> None:
    answer = result('<get_companyprefs application="ME"/>')
    assert (
        "<data><companypref><application>ME</application><preference>DISABLEENTITYSLIDEIN"
        "</preference><prefvalue>false</prefvalue></companypref></data>" in answer
    )
    assert "<data/>" in result('<get_companyprefs application="AP"/>')


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (
            "<readRelated><object>A</object><keys>1</keys><relation>B</relation></readRelated>",
            "custom objects",
        ),
        ("<readView><view>VENDOR#1@2</view></readView>", "no views"),
        ("<readReport><report>Ageing</report></readReport>", "no reports"),
        ("<readMore><reportId>7</reportId></readMore>", "no reports"),
    ],
)
def test_what_would_be_made_up_is_refused_in_words(
    result: Result, function: str, reason: str
) -> None:
    answer = result(function)
    assert "<errorno>SANDBOX-NOT-OFFERED</errorno>" in answer
    assert reason in answer


def test_the_audit_trail_tells_every_change_of_a_record(result: Result, run: Run) -> None:
    run("<create><CLASS><CLASSID>A</CLASSID><NAME>N</NAME></CLASS></create>")
    run("<update><CLASS><CLASSID>A</CLASSID><NAME>M</NAME></CLASS></update>")
    trail = result("<getAuditTrail><object>CLASS</object><objectKey>A</objectKey></getAuditTrail>")
    assert re.findall("<accessMode>(.*?)</accessMode>", trail) == ["create", "modify"]
    assert (
        "<data><auditTrailDetail><userId>apiuser</userId><object>class</object>"
        "<objectKey>A</objectKey><accessTime>2026-03-02T09:30:00+00:00</accessTime>" in trail
    )
    number = result("<readByName><object>CLASS</object><keys>A</keys></readByName>")
    key = number.split("<RECORDNO>")[1].split("<")[0]
    run(f"<delete><object>CLASS</object><keys>{key}</keys></delete>")
    trail = result(
        f"<getAuditTrail><object>CLASS</object><recordNo>{key}</recordNo></getAuditTrail>"
    )
    assert re.findall("<accessMode>(.*?)</accessMode>", trail) == ["create", "modify", "delete"]


def test_an_untouched_record_has_no_audit_trail(result: Result) -> None:
    answer = result(
        "<getAuditTrail><object>CUSTOMER</object><recordNo>120</recordNo></getAuditTrail>"
    )
    assert "<status>success</status>" in answer
    assert "<data/>" in answer
