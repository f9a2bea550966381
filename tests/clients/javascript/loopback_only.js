// Preloaded by node: the names of Intacct lead to this machine, and no other name leads anywhere.
const dns = require("dns");

dns.lookup = function (name, options, callback) {
  const answer = typeof options === "function" ? options : callback;
  const wantsAll = typeof options === "object" && options.all;
  if (!/\.intacct\.com\.?$/.test(name)) {
    process.nextTick(answer, new Error(`A test client asked for ${name}.`));
  } else if (wantsAll) {
    process.nextTick(answer, null, [{ address: "127.0.0.1", family: 4 }]);
  } else {
    process.nextTick(answer, null, "127.0.0.1", 4);
  }
};
