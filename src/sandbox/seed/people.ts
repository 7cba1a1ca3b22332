/**
 * A person in the demo data. All are fictional: addresses use the domains reserved for examples (RFC 2606), phone
 * numbers the ranges reserved for fiction.
 */
export interface Person {
  /** Identifies the person in the stories. Also the verified name. */
  readonly name: string;
  /** Verified data. */
  readonly verified?: { readonly email?: string; readonly customData?: Readonly<Record<string, string>> };
  /** Claimed data, shown as `non_verified_*`. */
  readonly claimed?: {
    readonly name?: string;
    readonly email?: string;
    readonly customData?: Readonly<Record<string, string | number | boolean>>;
  };
  readonly phone?: string;
}

const verified = (
  name: string,
  email: string,
  customData?: Readonly<Record<string, string>>,
  phone?: string,
) => ({
  name,
  verified: { email, ...(customData && { customData }) },
  ...(phone !== undefined && { phone }),
});

const claims = (name: string, claimed: NonNullable<Person['claimed']>, phone?: string) => ({
  name,
  claimed,
  ...(phone !== undefined && { phone }),
});

export const people: readonly Person[] = [
  verified(
    'Amelia Hart',
    'amelia.hart@example.com',
    { plan: 'club', region: 'uk', customer_since: '2021' },
    '+44 20 7946 0018',
  ),
  verified('Daniel Okafor', 'daniel.okafor@example.com', { plan: 'club', region: 'uk' }, '+44 20 7946 0334'),
  verified('Priya Raman', 'priya.raman@example.org', { plan: 'free', region: 'uk' }, '+44 20 7946 0921'),
  verified('Tomasz Wielki', 'tomasz.wielki@example.com', { plan: 'club', region: 'uk' }),
  verified('Lucia Ferro', 'lucia.ferro@example.net', { plan: 'free', region: 'es' }),
  verified(
    'Henrik Solberg',
    'henrik@fjordbua.example.com',
    { plan: 'business', region: 'no' },
    '+1 555 0117',
  ),
  verified('Grace Adeyemi', 'grace.adeyemi@example.org', { plan: 'club', region: 'uk' }, '+44 20 7946 0555'),
  verified('Oliver Penrose', 'oliver.penrose@example.com', { plan: 'free', region: 'uk' }),
  verified('Mei Tanaka', 'mei.tanaka@example.net', { plan: 'free', region: 'uk' }),
  verified('Kenji Mori', 'kenji.mori@example.org', { plan: 'free', region: 'jp' }),
  verified('Jonas Reiter', 'jonas.reiter@example.org', { plan: 'club', region: 'at' }, '+1 555 0131'),
  verified('Camille Duval', 'camille.duval@example.com', { plan: 'club', region: 'fr' }, '+1 555 0158'),
  verified('Sofia Almeida', 'sofia.almeida@example.com', { plan: 'business', region: 'pt' }),
  verified('Noor Haddad', 'noor.haddad@example.net', { plan: 'club', region: 'ae' }, '+1 555 0166'),
  verified('Ruben de Wit', 'ruben.dewit@example.net', { plan: 'free', region: 'nl' }),
  verified('Hannah Brightwell', 'hannah.brightwell@example.com', { plan: 'club', region: 'uk' }),
  verified('Marcus Vale', 'marcus@vale.example.com', { plan: 'business', region: 'uk', tier: 'gold' }),
  verified('Ingrid Falk', 'ingrid.falk@example.org', { plan: 'free', region: 'uk' }, '+44 20 7946 0702'),
  verified('Theo Marchetti', 'theo.marchetti@example.com', { plan: 'free', region: 'it' }, '+1 555 0174'),
  verified('Leila Sabry', 'leila.sabry@example.org'),
  verified('Patrick Dunmore', 'warden@dunmore.example.org', { plan: 'business', region: 'ie' }),
  verified('Yara Costa', 'yara.costa@example.net', { plan: 'free', region: 'pt' }, '+1 555 0183'),
  {
    ...verified('Samir Kohl', 'samir.kohl@example.com'),
    claimed: { name: 'Sam', email: 'sam.kohl@example.net', customData: { newsletter: true } },
  },
  verified('Beatrix Lowe', 'beatrix.lowe@example.org'),
  verified('Victor Ashby', 'v.ashby@school.example.org', { plan: 'business', region: 'uk' }),
  verified('Elena Morozko', 'elena@northern-guides.example.com', { plan: 'partner', tier: 'silver' }),
  verified('Fatima Zahran', 'fatima.zahran@example.com', { plan: 'club', region: 'uk' }, '+44 20 7946 0811'),
  verified('George Tully', 'george.tully@example.net', undefined, '+44 20 7946 0277'),
  verified('Agnes Bell', 'agnes.bell@example.com', undefined, '+44 20 7946 0606'),
  claims('somebody as Daniel Okafor', {
    name: 'Daniel Okafor',
    email: 'daniel.okafor@example.com',
    customData: { entered_account: 'yes', attempts: 4 },
  }),
  claims('Bruno Castell', { name: 'Bruno Castell', customData: { profile: 'bruno.c' } }),
  claims('Kit Marlowe', { name: 'Kit Marlowe' }, '+1 555 0109'),
  claims('Zoe Lantern', { name: 'Zoe Lantern', customData: { handle: '@zoe.lantern', followers: 812 } }),
  claims('Rosa Quill', { name: 'Rosa Quill', email: 'rosa.quill@example.com' }, '+1 555 0112'),
  claims('Wanda Frost', { name: 'Wanda Frost' }, '+1 555 0125'),
  claims('Dev Malhar', { name: 'Dev Malhar', email: 'dev.malhar@example.org' }, '+1 555 0140'),
  claims('Lars Fennick', { name: 'Lars Fennick', customData: { handle: '@fennick.lars' } }),
  claims('Mika Sandholm', { name: 'Mika Sandholm', email: 'mika.sandholm@example.net' }, '+1 555 0147'),
  claims('Ana Ribeirinho', { name: 'Ana Ribeirinho', customData: { handle: '@ana.rib', returning: true } }),
  claims('Oksana Verba', { name: 'Oksana Verba', email: 'oksana.verba@example.com' }),
  claims('Piet Vandersloot', { name: 'Piet Vandersloot', email: 'piet.vandersloot@example.net' }),
  claims('newsletter robot', { name: 'Offers', email: 'offers@example.net' }),
  claims('caller ending 0142', {}, '+1 555 0142'),
];
