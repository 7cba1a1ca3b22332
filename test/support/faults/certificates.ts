import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';

/**
 * A certificate and its key. Both are generated for each run. Fixtures would expire and put private keys into the
 * repository, and not every machine has openssl.
 */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that no client trusts by default. */
export interface Authority {
  /** Its certificate, as PEM. */
  readonly cert: string;
  /** Issues a certificate for these hosts, valid for an hour. */
  issue(...hosts: string[]): Identity;
  /** Writes its certificate into a folder and returns the path, for NODE_EXTRA_CA_CERTS. */
  file(folder: string): string;
}

export function createAuthority(commonName: string): Authority {
  const name = [{ name: 'commonName', value: commonName }];
  const { cert } = certify(name, name, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return {
    cert,
    issue: (...hosts) =>
      certify([{ name: 'commonName', value: hosts[0] ?? '' }], name, [
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: hosts.map(altName) },
      ]),
    file(folder) {
      const path = join(folder, 'authority.pem');
      writeFileSync(path, cert);
      return path;
    },
  };
}

/** Types of RFC 5280: 7 is an IP address, 2 a DNS name. */
const altName = (host: string) => (/^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host });

const hourMs = 3_600_000;

interface Keys {
  readonly publicKey: forge.pki.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly pem: string;
}

let keys: Keys | undefined;

/** Where the processes of a run find it: the temporary folder is that of the run, and readable for this user only. */
const keyFile = () => join(tmpdir(), 'certificates.pem');

/** One pair for all certificates of a run: a new one takes up to a second, and clients know authorities by name. */
function sharedKeys(): Keys {
  if (keys === undefined) {
    const pem = readKey() ?? makeKey();
    keys = {
      publicKey: forge.pki.publicKeyFromPem(
        createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString(),
      ),
      privateKey: forge.pki.privateKeyFromPem(pem),
      pem,
    };
  }
  return keys;
}

function readKey(): string | undefined {
  try {
    return readFileSync(keyFile(), 'utf8');
  } catch {
    return undefined;
  }
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  // A file that is there is complete. Of two processes that make one at once, each keeps its own.
  const made = `${keyFile()}.${process.pid}`;
  writeFileSync(made, privateKey, { mode: 0o600 });
  renameSync(made, keyFile());
  return privateKey;
}

function certify(
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  extensions: object[],
): Identity {
  const { publicKey, privateKey, pem } = sharedKeys();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // The 01 makes the number positive without a padding zero, as DER requires.
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
  certificate.validity.notBefore = new Date(Date.now() - hourMs);
  certificate.validity.notAfter = new Date(Date.now() + hourMs);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  // Node signs many times faster than the library, which has set what is to be signed by then.
  const signed = () => Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), 'latin1');
  const signer = { ...privateKey, sign: () => sign('sha256', signed(), pem).toString('latin1') };
  certificate.sign(signer, forge.md.sha256.create());
  return { key: pem, cert: forge.pki.certificateToPem(certificate) };
}
