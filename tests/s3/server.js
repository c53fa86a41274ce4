'use strict';

// s3rver, with what it lacks of S3 and the file store relies on: giving up an upload, listing unfinished ones, parts of
// at least 5 MiB, objects whole or not at all, and no answer before the bytes are on disk. A file named "fault" in its folder breaks it on purpose.
// It ends with whoever started it.

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const [tools, directory, port, ...buckets] = process.argv.slice(2);
const S3rver = require(path.join(tools, 'node_modules', 's3rver'));

const LEAST_PART = 5 * 1024 * 1024;
const UPLOADS_A_PAGE = 2;

// Its page tokens are sealed with DES, which OpenSSL no longer has.
for (const name of ['createCipheriv', 'createDecipheriv']) {
  const original = crypto[name];
  crypto[name] = (cipher, key, iv) => (cipher === 'des' ? original('aes-128-cbc', Buffer.concat([key, key]), Buffer.concat([iv, iv])) : original(cipher, key, iv));
}

const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  directory,
  silent: true,
  configureBuckets: buckets.map(name => ({ name, configs: [] })),
});
const { store } = server;

const uploadsOf = bucket => store.getResourcePath(bucket, undefined, 'uploads');

async function onDisk(file, size) {
  while ((await fs.promises.stat(file)).size < size) await new Promise(soon => setTimeout(soon, 1));
}

const putObject = store.putObject;
store.putObject = async function (object) {
  // All of it first: of a sender who hangs up nothing may be stored.
  if (!Buffer.isBuffer(object.content)) {
    const chunks = [];
    for await (const chunk of object.content) chunks.push(chunk);
    object.content = Buffer.concat(chunks);
  }
  const result = await putObject.call(this, object);
  await onDisk(this.getResourcePath(object.bucket, object.key, 'object'), result.size);
  return result;
};

const putPart = store.putPart;
store.putPart = async function (bucket, uploadId, number, content) {
  const result = await putPart.call(this, bucket, uploadId, number, content);
  await onDisk(path.join(uploadsOf(bucket), uploadId, String(number)), result.size);
  return result;
};

const putObjectMultipart = store.putObjectMultipart;
store.putObjectMultipart = async function (bucket, uploadId, parts) {
  for (const part of parts.slice(0, -1)) {
    const { size } = await fs.promises.stat(path.join(uploadsOf(bucket), uploadId, String(part.number)));
    if (size < LEAST_PART) throw new Error('EntityTooSmall');
  }
  return putObjectMultipart.call(this, bucket, uploadId, parts);
};

function fault() {
  try {
    return fs.readFileSync(path.join(directory, 'fault'), 'utf8');
  } catch {
    return '';
  }
}

function answer(ctx, status, xml) {
  ctx.status = status;
  ctx.type = 'application/xml';
  ctx.body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
}

function abort(ctx, bucket) {
  const upload = path.join(uploadsOf(bucket), ctx.query.uploadId);
  if (!fs.existsSync(upload)) return answer(ctx, 404, '<Error><Code>NoSuchUpload</Code><Message>Gone.</Message></Error>');
  fs.rmSync(upload, { recursive: true });
  ctx.status = 204;
}

function list(ctx, bucket) {
  const folder = uploadsOf(bucket);
  const all = (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
    .map(id => ({ id, key: fs.readFileSync(path.join(folder, id, 'key'), 'utf8'), at: fs.statSync(path.join(folder, id, 'key')).mtime }))
    .filter(u => u.key.startsWith(ctx.query.prefix || ''))
    .map(u => ({ ...u, place: `${u.key}\n${u.id}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .filter(u => !ctx.query['key-marker'] || u.place > `${ctx.query['key-marker']}\n${ctx.query['upload-id-marker']}`);
  const page = all.slice(0, UPLOADS_A_PAGE);
  const last = page[page.length - 1];
  const next = all.length > page.length ? `<NextKeyMarker>${last.key}</NextKeyMarker><NextUploadIdMarker>${last.id}</NextUploadIdMarker>` : '';
  answer(
    ctx,
    200,
    `<ListMultipartUploadsResult><Bucket>${bucket}</Bucket>${next}<IsTruncated>${all.length > page.length}</IsTruncated>${page
      .map(u => `<Upload><Key>${u.key}</Key><UploadId>${u.id}</UploadId><Initiated>${u.at.toISOString()}</Initiated></Upload>`)
      .join('')}</ListMultipartUploadsResult>`,
  );
}

server.middleware.unshift(async (ctx, next) => {
  const [, bucket, ...key] = ctx.path.split('/');
  const readsObject = ctx.method === 'GET' && key.join('/') !== '';
  const broken = fault();
  const ours = buckets.includes(bucket) && (ctx.headers.authorization || '').includes('Credential=S3RVER/');
  if (ours && ctx.method === 'DELETE' && 'uploadId' in ctx.query) return abort(ctx, bucket);
  if (ours && ctx.method === 'GET' && 'uploads' in ctx.query && broken !== 'no-list') return list(ctx, bucket);
  if (readsObject && broken === 'no-reads') return answer(ctx, 500, '<Error><Code>InternalError</Code><Message>Broken.</Message></Error>');
  if (readsObject && broken === 'no-ranges') delete ctx.req.headers.range;
  await next();
  if (readsObject && ['cut', 'cut-at-once', 'stall'].includes(broken) && ctx.body && ctx.body.on) {
    let left = broken === 'cut-at-once' ? 0 : 300_000;
    const body = ctx.body;
    ctx.respond = false;
    ctx.res.statusCode = ctx.status;
    ctx.res.setHeader('Content-Length', ctx.length);
    ctx.res.flushHeaders();
    for await (const chunk of body) {
      if (chunk.length > left) {
        ctx.res.write(chunk.subarray(0, left), () => broken === 'stall' || ctx.res.destroy());
        return;
      }
      left -= chunk.length;
      ctx.res.write(chunk);
    }
    ctx.res.end();
  }
});

process.stdin.on('end', () => process.exit()).resume();
server.run().then(() => console.log('ready'));
