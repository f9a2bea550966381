// Uses the official JavaScript SDK as its users do. Prints what it got as JSON.
//   node -r ./loopback_only.js stories.js STORY '{"url": ..., "senderId": ..., ...}'
const { ClientConfig, Functions, OnlineClient, RequestConfig, SessionProvider } =
  require("@intacct/intacct-sdk");
const { AccountsPayable, AccountsReceivable, Common, GeneralLedger } = Functions;
const { Query } = require("@intacct/intacct-sdk/dist/Functions/Common/NewQuery");
const { Filter, AndOperator } =
  require("@intacct/intacct-sdk/dist/Functions/Common/NewQuery/QueryFilter");
const { SelectBuilder } = require("@intacct/intacct-sdk/dist/Functions/Common/NewQuery/QuerySelect");
const { OrderBuilder } = require("@intacct/intacct-sdk/dist/Functions/Common/NewQuery/QueryOrderBy");

const [, , story, settings] = process.argv;
const given = JSON.parse(settings);
const day = new Date(2026, 2, 2);

function config() {
  const made = new ClientConfig();
  made.endpointUrl = given.url;
  for (const name of ["senderId", "senderPassword", "companyId", "userId", "userPassword"]) {
    made[name] = given[name];
  }
  return made;
}

async function run(...calls) {
  const client = new OnlineClient(config());
  const results = [];
  for (const call of calls) {
    results.push((await client.execute(call)).getResult());
  }
  return results.length === 1 ? results[0] : results;
}

function made(kind, values) {
  return Object.assign(new kind(), values);
}

function line(kind, amount) {
  return made(kind, {
    glAccountNumber: given.account,
    transactionAmount: amount,
    memo: `Line of ${amount}`,
    locationId: "100",
    departmentId: "10",
  });
}

async function refusal(call, requestConfig) {
  try {
    const response = await new OnlineClient(config()).execute(call, requestConfig);
    return { refused: false, status: response.getResult().status };
  } catch (error) {
    return { refused: true, kind: error.constructor.name, errors: error.errors || [error.message] };
  }
}

async function pages(first, next) {
  const client = new OnlineClient(config());
  const found = [];
  let result = (await client.execute(first)).getResult();
  for (;;) {
    found.push({
      total: result.totalCount,
      count: result.count,
      remaining: result.numRemaining,
      ids: result.data.map((row) => row.CUSTOMERID),
    });
    const call = result.numRemaining > 0 && next(result, found.length);
    if (!call) {
      return found;
    }
    result = (await client.execute(call)).getResult();
  }
}

function query(offset) {
  const found = new Query();
  found.fromObject = "CUSTOMER";
  found.selectFields = new SelectBuilder().addFields(["CUSTOMERID", "NAME"]).selects;
  found.orderBy = new OrderBuilder().addDescending("CUSTOMERID").orders;
  found.pageSize = 15;
  found.offset = offset;
  return found;
}

// Left out, the SDK sends an empty name to print, which is refused; null makes it take the name.
const named = (values) => ({ printAs: null, ...values });
const vendor = () => made(AccountsPayable.VendorCreate, named(given.values));
const customer = (values) => made(AccountsReceivable.CustomerCreate, named(values));

// A date of the SDK where a text is one; the name of a class and its values where an object has it.
function alive(value) {
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value)) {
    const [year, month, date] = value.split("-").map(Number);
    return new Date(year, month - 1, date);
  }
  if (Array.isArray(value)) {
    return value.map(alive);
  }
  return value && value.of ? called(value) : value;
}

function called({ of, ...values }) {
  const kind = of.split(".").reduce((found, name) => found[name], Functions);
  const entries = Object.entries(values).map(([name, value]) => [name, alive(value)]);
  return made(kind, Object.fromEntries(entries));
}

const stories = {
  async calls() {
    const client = new OnlineClient(config());
    const { status, key, listType, totalCount, data } = (
      await client.execute(called(given.call))
    ).getResult();
    return { status, key, listType, totalCount, data };
  },
  async session() {
    const signed = await SessionProvider.factory(config());
    const client = new OnlineClient(signed);
    const read = made(Common.ReadByName, { objectName: "CUSTOMER", names: [given.customer] });
    const result = (await client.execute(read)).getResult();
    return { endpoint: signed.endpointUrl, company: signed.companyId, name: result.data[0].NAME };
  },
  vendor: async () => (await run(vendor())).data[0],
  customer: async () => (await run(customer(given.values))).data[0],
  async updated() {
    const change = made(AccountsReceivable.CustomerUpdate, given.values);
    const read = made(Common.ReadByName, {
      objectName: "CUSTOMER",
      names: [given.values.customerId],
    });
    const [, found] = await run(change, read);
    return found.data[0];
  },
  async invoice() {
    const call = made(AccountsReceivable.InvoiceCreate, {
      transactionDate: day,
      dueDate: new Date(2026, 3, 1),
      lines: given.amounts.map((amount) => line(AccountsReceivable.InvoiceLineCreate, amount)),
      ...given.values,
    });
    const { key } = await run(call);
    const read = made(Common.Read, { objectName: "ARINVOICE", keys: [Number(key)] });
    return { key, record: (await run(read)).data[0] };
  },
  async bill() {
    const call = made(AccountsPayable.BillCreate, {
      transactionDate: day,
      dueDate: new Date(2026, 3, 1),
      lines: given.amounts.map((amount) => line(AccountsPayable.BillLineCreate, amount)),
      ...given.values,
    });
    const { key } = await run(call);
    const read = made(Common.Read, { objectName: "APBILL", keys: [Number(key)] });
    return { key, record: (await run(read)).data[0] };
  },
  async journal() {
    const lines = given.amounts.map((amount) => line(GeneralLedger.JournalEntryLineCreate, amount));
    const call = made(GeneralLedger.JournalEntryCreate, {
      journalSymbol: "GJ",
      postingDate: day,
      description: "Refit",
      lines,
    });
    return (await run(call)).data[0];
  },
  unbalanced: () =>
    refusal(
      made(GeneralLedger.JournalEntryCreate, {
        journalSymbol: "GJ",
        postingDate: day,
        description: "Out of balance",
        lines: given.amounts.map((amount) => line(GeneralLedger.JournalEntryLineCreate, amount)),
      }),
    ),
  query: () => pages(query(0), (_result, count) => query(count * 15)),
  async filtered() {
    const call = query(0);
    call.filter = new AndOperator([
      new Filter("CUSTOMERID").like(given.pattern),
      new Filter("STATUS").equalTo("active"),
    ]);
    return pages(call, () => null);
  },
  readByQuery: () =>
    pages(
      made(Common.ReadByQuery, { objectName: "CUSTOMER", pageSize: 15, fields: ["CUSTOMERID"] }),
      (result) => made(Common.ReadMore, { resultId: result.resultId }),
    ),
  duplicate: async () => [
    await refusal(customer(given.values)),
    await refusal(customer(given.values)),
  ],
  password: () => refusal(made(Common.ReadByName, { objectName: "CUSTOMER", names: ["x"] })),
  async batch() {
    const requestConfig = new RequestConfig();
    requestConfig.transaction = given.transaction;
    const calls = given.customers.map(customer);
    try {
      const response = await new OnlineClient(config()).executeBatch(calls, requestConfig);
      return response.results.map((result) => result.status);
    } catch (error) {
      return { kind: error.constructor.name, errors: error.errors };
    }
  },
};

stories[story]().then((found) => process.stdout.write(JSON.stringify(found)));
