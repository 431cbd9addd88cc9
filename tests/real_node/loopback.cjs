// A node listens on a random port of all addresses besides those that it is told: keep it on loopback.
"use strict";

const Module = require("node:module");

const load = Module._load;
const WILDCARDS = [undefined, "", "0.0.0.0", "::"];

Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request !== "node-unix-socket") return loaded;
  const createReuseportFd = (port, host) =>
    loaded.createReuseportFd(port, WILDCARDS.includes(host) ? "127.0.0.1" : host);
  return { ...loaded, createReuseportFd };
};
