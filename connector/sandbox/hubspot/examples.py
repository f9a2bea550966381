"""What the example portal's companies, people and products are called."""

from __future__ import annotations

COMPANY_FIELDS = (
    "name",
    "domain",
    "address",
    "address2",
    "city",
    "state",
    "zip",
    "country",
    "phone",
)

# Names hold what breaks careless XML, sorting and matching; one company has no address.
COMPANIES: tuple[tuple[str | None, ...], ...] = (
    (
        "Harbour Café",
        "harbour-cafe.example",
        "12 Quay Street",
        "Unit 4",
        "Portland",
        "OR",
        "97201",
        "United States",
        "+1 503 555 0112",
    ),
    (
        "Smith & Sons",
        "smith-and-sons.example",
        "480 Market Street",
        None,
        "San Francisco",
        "CA",
        "94111",
        "United States",
        "+1 415 555 0148",
    ),
    (
        "Müller & Söhne KG",
        "mueller-soehne.example",
        "Bäckerstraße 7",
        None,
        "München",
        "Bayern",
        "80331",
        "Germany",
        "+49 89 555 0161",
    ),
    (
        "Łódź Textiles",
        "lodz-textiles.example",
        "ul. Piotrkowska 90",
        "piętro 2",
        "Łódź",
        None,
        "90-103",
        "Poland",
        "+48 42 555 01 90",
    ),
    (
        "株式会社さくら",
        "sakura.example",
        "1-2-3 Nihonbashi",
        None,
        "Tokyo",
        None,
        "103-0027",
        "Japan",
        "+81 3 5550 0133",
    ),
    (
        "O'Brien Plumbing, Inc.",
        "obrien-plumbing.example",
        "77 Beacon Street",
        "Floor 3",
        "Boston",
        "MA",
        "02108",
        "United States",
        "+1 617 555 0170",
    ),
    (
        'Blue "Sky" Kites <Export>',
        "blue-sky-kites.example",
        "9 Windmill Lane",
        None,
        "Wellington",
        None,
        "6011",
        "New Zealand",
        None,
    ),
    (
        "Prairie Dental Group",
        "prairie-dental.example",
        "2100 Elm Avenue",
        "Suite 310",
        "Omaha",
        "NE",
        "68102",
        "United States",
        "+1 402 555 0155",
    ),
    ("Nowhere Consulting", "nowhere.example", None, None, None, None, None, None, None),
    (
        "Desert Solar Cooperative of Greater Tucson and the Santa Cruz Valley",
        "desert-solar.example",
        "5 Mesa Verde Road",
        None,
        "Tucson",
        "AZ",
        "85701",
        "United States",
        "+1 520 555 0128",
    ),
)

# (first name, last name); the n-th person works for the n-th company, then round again.
PEOPLE = (
    ("Ada", "Rivers"),
    ("Tom", "Smith"),
    ("Jürgen", "Müller"),
    ("Zofia", "Wójcik"),
    ("美咲", "田中"),
    ("Niamh", "O'Brien"),
    ("Aroha", "Ngata"),
    ("Carla", "Dominguez"),
    ("Sam", "Quill"),
    ("Rosa", "Yazzie"),
    ("Ben", "Harper"),
    ("Grace", "Smith"),
    ("Lena", "Fuchs"),
    ("Piotr", "Zieliński"),
    ("Kenji", "Mori"),
)

# (name, stock number, price)
BEANS = ("Espresso beans, 1 kg", "BEAN-1", "12.10")
CUPS = ("Paper cup", "CUP-8", "0.30")
MACHINE = ("Coffee machine", "MACH-2", "1250.00")
TRAINING = ("Barista training & tasting", "TRAIN-D", "480.00")
SERVICE = ("Service plan", "SERV-M", "99.90")
FILTERS = ("Filterpapier Größe M", "FILT-M", "7.45")
PRODUCTS = (BEANS, CUPS, MACHINE, TRAINING, SERVICE, FILTERS)
QUANTITIES = ("1", "3", "2.5")
