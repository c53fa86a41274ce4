// Signs in with openid-client, as a program by somebody else would. Takes its settings as one JSON line, says as JSON
// lines where a browser must go and what came of it, and reads where the browser went.
import { createInterface } from 'node:readline';
import { webcrypto } from 'node:crypto';

// Node.js 18 keeps these to itself.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const oidc = await import('openid-client');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value);
const say = what => console.log(JSON.stringify(what));
const refused = async promise => {
  try {
    await promise;
  } catch (error) {
    return error.error ?? error.code;
  }
  return null;
};

const { issuer, id, secret, callback, scope, organization } = await read();
const config = await oidc.discovery(new URL(issuer), id, secret, undefined, { execute: [oidc.allowInsecureRequests] });

const verifier = oidc.randomPKCECodeVerifier();
const state = oidc.randomState();
const nonce = oidc.randomNonce();
say({
  authorize: oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope, state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }).href,
});
const tokens = await oidc.authorizationCodeGrant(config, new URL(await read()), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
const person = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);

const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
const before = await oidc.tokenIntrospection(config, next.access_token);
await oidc.tokenRevocation(config, next.refresh_token);
const after = await oidc.tokenIntrospection(config, next.access_token);
say({
  claims: tokens.claims(), person, access_token: tokens.access_token, rotated: next.refresh_token !== tokens.refresh_token, next_claims: next.claims() ?? null,
  active: [before.active, after.active], revoked: await refused(oidc.refreshTokenGrant(config, next.refresh_token)),
});

const own = await oidc.clientCredentialsGrant(config, { organization });
say({ access_token: own.access_token, nowhere: await refused(oidc.clientCredentialsGrant(config, { organization: 'no-such-organization' })) });

const device = await oidc.initiateDeviceAuthorization(config, { scope });
say({ verify: device.verification_uri_complete, user_code: device.user_code });
const there = await oidc.pollDeviceAuthorizationGrant(config, device);
say({ access_token: there.access_token, claims: there.claims() });
process.exit(0);
