// Loaded into the driver before its own code: frees what its messages about a large page left behind.
// Its collector waits for a full heap; measured with two pages at a time, the driver then holds 60 to 80 MB more.
const v8 = require("node:v8");
const vm = require("node:vm");

const EVERY = 100; // milliseconds
const LITTLE = 8 << 20; // bytes of growth that are not worth a collection

v8.setFlagsFromString("--heap-growing-percent=10");
v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc");

function held() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let least = held();
setInterval(() => {
  if (held() > least + LITTLE) {
    collect();
    least = held();
  } else {
    least = Math.min(least, held());
  }
}, EVERY).unref();
