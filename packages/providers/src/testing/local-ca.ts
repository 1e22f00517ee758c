import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A certificate authority of a test and one server certificate it signed, in PEM. */
export interface LocalCa {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const time = (year: number): Buffer => tlv(0x18, Buffer.from(`${year}0101000000Z`));
const commonName = (name: string): Buffer => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));
const pem = (der: Buffer): string => `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

/** ecdsa-with-SHA256 */
const algorithm = sequence(oid('2a8648ce3d040302'));

/** An extension: its id, then its value; critical when told. */
const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));

interface Certificate {
  readonly serial: number;
  readonly subject: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

function sign({ serial, subject, key, extensions }: Certificate, issuer: string, issuerKey: KeyObject): string {
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([serial])),
    algorithm,
    commonName(issuer),
    sequence(time(2020), time(2120)),
    commonName(subject),
    key.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = createSign('sha256').update(body).sign(issuerKey);
  return pem(sequence(body, algorithm, tlv(0x03, Buffer.from([0]), signature)));
}

/** Makes an authority nobody trusts yet, and a certificate of it for `host` and 127.0.0.1. */
export function createLocalCa(host: string): LocalCa {
  const authority = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const server = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const mayConstrain = extension('551d13', sequence(tlv(0x01, Buffer.from([0xff]))), true);
  const names = extension('551d11', sequence(tlv(0x82, Buffer.from(host)), tlv(0x87, Buffer.from([127, 0, 0, 1]))));
  const issuer = 'ccproxy test authority';
  return {
    ca: sign({ serial: 1, subject: issuer, key: authority.publicKey, extensions: [mayConstrain] }, issuer, authority.privateKey),
    cert: sign({ serial: 2, subject: host, key: server.publicKey, extensions: [names] }, issuer, authority.privateKey),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
