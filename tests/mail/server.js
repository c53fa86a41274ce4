'use strict';

// A mail server (smtp-server) that says of each message what it got, one JSON line each. Receivers decide how it goes:
// refused@… is unknown (550), later@… is to come again (451), full@… is too large once sent (552), stall@… is never
// answered. It ends with whoever started it.

const path = require('path');

const [tools, port, json] = process.argv.slice(2);
const { SMTPServer } = require(path.join(tools, 'node_modules', 'smtp-server'));
const { user, pass, starttls } = JSON.parse(json);

function refusal(code, text) {
  const error = new Error(text);
  error.responseCode = code;
  return error;
}

const server = new SMTPServer({
  authOptional: !user,
  disabledCommands: [...(starttls ? [] : ['STARTTLS']), ...(user ? [] : ['AUTH'])],
  logger: false,
  disableReverseLookup: true,
  onAuth(auth, session, done) {
    return auth.username === user && auth.password === pass ? done(null, { user }) : done(refusal(535, 'Wrong'));
  },
  onRcptTo(address, session, done) {
    const name = address.address.split('@')[0];
    if (name === 'refused') return done(refusal(550, `No such user: ${address.address}`));
    if (name === 'later') return done(refusal(451, `Come again, ${address.address}`));
    done();
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', chunk => chunks.push(chunk));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(r => r.address);
      const name = to[0].split('@')[0];
      if (name === 'full') return done(refusal(552, `Too large for ${to[0]}`));
      const told = { from: session.envelope.mailFrom.address, to, user: session.user, secure: session.secure, raw: Buffer.concat(chunks).toString('latin1'), answered: name !== 'stall' };
      console.log(JSON.stringify(told));
      if (told.answered) done();
    });
  },
});
server.on('error', () => {});
process.stdin.on('end', () => process.exit()).resume();
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
