// Verifies one request as a receiver would, with the public libraries. Reads {secret, body, headers} from stdin.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

const { secret, body, headers } = JSON.parse(readFileSync(0, 'utf8'));
for (const Library of [Webhook, SvixWebhook]) {
  new Library(secret).verify(body, headers);
  for (const wrong of [body + ' ', body.replace('{', '{ ')]) {
    let refused = false;
    try {
      new Library(secret).verify(wrong, headers);
    } catch {
      refused = true;
    }
    if (!refused) throw new Error('A changed body was accepted.');
  }
}
console.log('verified');
