// Uses every script of the pages as its page says, and fails where it does not
// do that.
import assert from "node:assert";

// request and answer as Node.js and Express make them, as far as is needed.
function answer() {
  return { statusCode: 200, headers: {}, body: "", setHeader(k, v) { this.headers[k.toLowerCase()] = v; }, end(s = "") { this.body += s; this.ended = true; } };
}
// through runs a middleware and says whether it let the request pass.
async function through(middleware, req) {
  const res = answer();
  let passed = false;
  await middleware(req, res, () => { passed = true; });
  return { ...res, passed };
}

async function uses(file, test) {
  await test(await import("./" + file));
  console.log("used " + file);
}

await uses("login-guard.mjs", ({ before, failed }) => {
  const lines = [], now = Date.now();
  for (let i = 0; i < 5; i++) {
    assert.equal(before("anna", "203.0.113.7", now), 0);
    failed("anna", "203.0.113.7", now, (s) => lines.push(s));
  }
  assert.ok(before("anna", "203.0.113.99", now) > 0, "the same network waits");
  assert.equal(before("anna", "198.51.100.4", now), 0, "the owner elsewhere does not");
  assert.equal(before("anton", "203.0.113.7", now), 0);
  assert.equal(before("anna", "203.0.113.7", now + 11 * 60_000), 0, "after the window nobody does");
  assert.deepEqual(Object.keys(JSON.parse(lines[0])), ["time", "msg", "account", "ip"]);
  for (let i = 0; i < 6; i++) failed("ben", "2001:db8::1", now, () => {});
  assert.ok(before("ben", "2001:db8::2", now) > 0 && before("ben", "2001:db8:0:0:5::", now) > 0, "the same /64 waits");
  assert.equal(before("ben", "2001:db8:0:1::1", now), 0);
  for (let i = 0; i < 6; i++) failed("carl", "::ffff:203.0.113.7", now, () => {});
  assert.ok(before("carl", "203.0.113.9", now) > 0, "an IPv4 address, as Node.js writes it");
});

await uses("recent-proof.mjs", async ({ recentProof }) => {
  assert.equal((await through(recentProof(), { session: { provedAt: Date.now() - 1000 } })).passed, true);
  for (const session of [undefined, {}, { provedAt: Date.now() - 301_000 }]) {
    const got = await through(recentProof(), { session });
    assert.equal(got.passed, false);
    assert.equal(got.statusCode, 401);
  }
});

await uses("distinct-objects.mjs", async ({ distinctObjects }) => {
  const said = [];
  const m = distinctObjects({ limit: 3, principal: (r) => r.user, object: (r) => r.id, write: (s) => said.push(s) });
  for (const id of [1, 2, 2, 3, 1]) assert.ok((await through(m, { user: "f1", id })).passed);
  assert.equal((await through(m, { user: "f1", id: 4 })).statusCode, 429);
  assert.ok((await through(m, { user: "f1", id: 2 })).passed, "what was opened may be opened again");
  assert.ok((await through(m, { user: "f2", id: 4 })).passed);
  assert.ok((await through(m, { id: 4 })).passed, "nobody is nobody's count");
  assert.equal(said.length, 1);
});

await uses("own-orders.mjs", async ({ ownOrder }) => {
  const orders = [{ id: "7", owner_id: "nina", total: 5 }];
  const query = async (sql, [id, owner]) => {
    assert.match(sql, /owner_id = \$2/);
    return orders.filter((o) => o.id === id && o.owner_id === owner);
  };
  for (const [user, id, status] of [["nina", "7", 200], ["xaver", "7", 404], ["nina", "8", 404]]) {
    assert.equal((await through(ownOrder(query), { params: { id }, user: { id: user } })).statusCode, status);
  }
});

await uses("limit.mjs", async ({ limit }) => {
  let t = 1_000_000;
  const m = limit({ rate: 60, burst: 20, principal: (r) => r.user, now: () => t });
  let passed = 0;
  for (let i = 0; i < 100; i++) passed += (await through(m, { user: "a" })).passed;
  assert.equal(passed, 21, "the burst and the one that is due");
  const got = await through(m, { user: "a" });
  assert.equal(got.statusCode, 429);
  assert.equal(got.headers["retry-after"], "1");
  assert.ok((await through(m, { user: "b" })).passed);
  t += 60_000;
  passed = 0;
  for (let i = 0; i < 100; i++) passed += (await through(m, { user: "a" })).passed;
  assert.equal(passed, 21);
});

await uses("trust-proxy.mjs", ({ clientOf, trustProxy }) => {
  const req = (peer, header) => ({ socket: { remoteAddress: peer }, headers: header ? { "x-forwarded-for": header } : {} });
  assert.equal(clientOf(req("203.0.113.7", "11.84.7.201")), "203.0.113.7", "a stranger's header is not believed");
  assert.equal(clientOf(req("10.0.0.1", "11.84.7.201, 203.0.113.7")), "203.0.113.7");
  assert.equal(clientOf(req("10.0.0.1", "203.0.113.7, 10.0.0.2")), "203.0.113.7", "two proxies of ours");
  assert.equal(clientOf(req("10.0.0.1")), "10.0.0.1");
  assert.equal(clientOf(req("::1", "nonsense")), "nonsense", "what the proxy wrote");
  assert.equal(clientOf(req("::ffff:10.0.0.1", "203.0.113.7")), "203.0.113.7", "as Node.js writes IPv4");
  assert.ok(trustProxy("10.9.9.9") && trustProxy("::1") && !trustProxy("203.0.113.7") && !trustProxy("x"));
});

await uses("at-once.mjs", async ({ harden, atOnce }) => {
  const { createServer } = await import("node:http");
  const held = [];
  const server = harden(createServer((req, res) => atOnce(2)(req, res, () => held.push(res))));
  assert.equal(server.headersTimeout, 10_000);
  const m = atOnce(2, (r) => r.who);
  const running = [];
  const ask = (who) => {
    let passed = false;
    const res = { ...answer(), once(event, f) { assert.equal(event, "close"); this.close = f; } };
    m({ who }, res, () => { passed = true; running.push(res); });
    return passed ? 200 : res.statusCode;
  };
  assert.deepEqual([ask("a"), ask("a"), ask("a"), ask("b")], [200, 200, 429, 200]);
  running[0].close();
  assert.deepEqual([ask("a"), ask("a")], [200, 429]);
});

await uses("verify-token.mjs", async ({ verify }) => {
  const { createHmac } = await import("node:crypto");
  const secret = "0123456789abcdef0123456789abcdef", soon = Date.now() / 1000 + 60;
  const token = (head, claims, key = secret) => {
    const s = [head, claims].map((x) => Buffer.from(JSON.stringify(x)).toString("base64url")).join(".");
    return `${s}.${key ? createHmac("sha256", key).update(s).digest("base64url") : ""}`;
  };
  const hs = { alg: "HS256" }, claims = { sub: "1", aud: "api", exp: soon };
  assert.equal(verify(token(hs, claims), secret, "api").sub, "1");
  for (const bad of [
    token({ alg: "none" }, claims, ""), token({ alg: "none" }, claims), token(hs, claims, "another secret that is long enough"),
    token(hs, { ...claims, aud: "x" }), token(hs, { ...claims, exp: soon - 120 }), token(hs, { sub: "1", aud: "api" }),
    token(hs, claims) + ".x", "a.b.c", "", undefined,
  ]) assert.equal(verify(bad, secret, "api"), null, String(bad));
  assert.throws(() => verify("a.b.c", "short", "api"));
});
