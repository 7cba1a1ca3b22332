import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';

/**
 * A certificate and its key. A library generates both for each run. Fixtures would expire and put private keys into the
 * repository, and not every machine has openssl.
 */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

interface Issuer {
  readonly name: forge.pki.CertificateField[];
  readonly key: forge.pki.rsa.PrivateKey;
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
  const { cert, key } = certify(name, undefined, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const issuer = { name, key: forge.pki.privateKeyFromPem(key), cert };
  return {
    cert,
    issue: (...hosts) =>
      certify([{ name: 'commonName', value: hosts[0] ?? '' }], issuer, [
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

function certify(
  subject: forge.pki.CertificateField[],
  issuer: Issuer | undefined,
  extensions: object[],
): Identity {
  // Node generates keys many times faster than the library.
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // The 01 makes the number positive without a padding zero, as DER requires.
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
  certificate.validity.notBefore = new Date(Date.now() - hourMs);
  certificate.validity.notAfter = new Date(Date.now() + hourMs);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer?.name ?? subject);
  certificate.setExtensions(extensions);
  certificate.sign(issuer?.key ?? forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  return { key: pair.privateKey, cert: forge.pki.certificateToPem(certificate) };
}
