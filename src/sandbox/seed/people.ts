/**
 * A person of the demo. All are made up; addresses are under the domains kept for examples, numbers in ranges
 * kept for fiction.
 */
export interface Person {
  /** By which the stories name the person; the name that is shown, unless another one is claimed. */
  readonly name: string;
  /** Proven by the organisation; absent: nothing is. */
  readonly verified?: { readonly email?: string; readonly customData?: Readonly<Record<string, string>> };
  /** Said by the customer. */
  readonly claimed?: {
    readonly name?: string;
    readonly email?: string;
    readonly customData?: Readonly<Record<string, string | number | boolean>>;
  };
  readonly phone?: string;
}

const proven = (
  name: string,
  email: string,
  customData?: Readonly<Record<string, string>>,
  phone?: string,
) => ({
  name,
  verified: { email, ...(customData && { customData }) },
  ...(phone !== undefined && { phone }),
});

const says = (name: string, claimed: NonNullable<Person['claimed']>, phone?: string) => ({
  name,
  claimed,
  ...(phone !== undefined && { phone }),
});

export const people: readonly Person[] = [
  proven(
    'Amelia Hart',
    'amelia.hart@example.com',
    { plan: 'club', region: 'uk', customer_since: '2021' },
    '+44 20 7946 0018',
  ),
  proven('Daniel Okafor', 'daniel.okafor@example.com', { plan: 'club', region: 'uk' }, '+44 20 7946 0334'),
  proven('Priya Raman', 'priya.raman@example.org', { plan: 'free', region: 'uk' }, '+44 20 7946 0921'),
  proven('Tomasz Wielki', 'tomasz.wielki@example.com', { plan: 'club', region: 'uk' }),
  proven('Lucia Ferro', 'lucia.ferro@example.net', { plan: 'free', region: 'es' }),
  proven('Henrik Solberg', 'henrik@fjordbua.example.com', { plan: 'business', region: 'no' }, '+1 555 0117'),
  proven('Grace Adeyemi', 'grace.adeyemi@example.org', { plan: 'club', region: 'uk' }, '+44 20 7946 0555'),
  proven('Oliver Penrose', 'oliver.penrose@example.com', { plan: 'free', region: 'uk' }),
  proven('Mei Tanaka', 'mei.tanaka@example.net', { plan: 'free', region: 'uk' }),
  proven('Kenji Mori', 'kenji.mori@example.org', { plan: 'free', region: 'jp' }),
  proven('Jonas Reiter', 'jonas.reiter@example.org', { plan: 'club', region: 'at' }, '+1 555 0131'),
  proven('Camille Duval', 'camille.duval@example.com', { plan: 'club', region: 'fr' }, '+1 555 0158'),
  proven('Sofia Almeida', 'sofia.almeida@example.com', { plan: 'business', region: 'pt' }),
  proven('Noor Haddad', 'noor.haddad@example.net', { plan: 'club', region: 'ae' }, '+1 555 0166'),
  proven('Ruben de Wit', 'ruben.dewit@example.net', { plan: 'free', region: 'nl' }),
  proven('Hannah Brightwell', 'hannah.brightwell@example.com', { plan: 'club', region: 'uk' }),
  proven('Marcus Vale', 'marcus@vale.example.com', { plan: 'business', region: 'uk', tier: 'gold' }),
  proven('Ingrid Falk', 'ingrid.falk@example.org', { plan: 'free', region: 'uk' }, '+44 20 7946 0702'),
  proven('Theo Marchetti', 'theo.marchetti@example.com', { plan: 'free', region: 'it' }, '+1 555 0174'),
  proven('Leila Sabry', 'leila.sabry@example.org'),
  proven('Patrick Dunmore', 'warden@dunmore.example.org', { plan: 'business', region: 'ie' }),
  proven('Yara Costa', 'yara.costa@example.net', { plan: 'free', region: 'pt' }, '+1 555 0183'),
  {
    ...proven('Samir Kohl', 'samir.kohl@example.com'),
    claimed: { name: 'Sam', email: 'sam.kohl@example.net', customData: { newsletter: true } },
  },
  proven('Beatrix Lowe', 'beatrix.lowe@example.org'),
  proven('Victor Ashby', 'v.ashby@school.example.org', { plan: 'business', region: 'uk' }),
  proven('Elena Morozko', 'elena@northern-guides.example.com', { plan: 'partner', tier: 'silver' }),
  proven('Fatima Zahran', 'fatima.zahran@example.com', { plan: 'club', region: 'uk' }, '+44 20 7946 0811'),
  proven('George Tully', 'george.tully@example.net', undefined, '+44 20 7946 0277'),
  proven('Agnes Bell', 'agnes.bell@example.com', undefined, '+44 20 7946 0606'),
  says('somebody as Daniel Okafor', {
    name: 'Daniel Okafor',
    email: 'daniel.okafor@example.com',
    customData: { entered_account: 'yes', attempts: 4 },
  }),
  says('Bruno Castell', { name: 'Bruno Castell', customData: { profile: 'bruno.c' } }),
  says('Kit Marlowe', { name: 'Kit Marlowe' }, '+1 555 0109'),
  says('Zoe Lantern', { name: 'Zoe Lantern', customData: { handle: '@zoe.lantern', followers: 812 } }),
  says('Rosa Quill', { name: 'Rosa Quill', email: 'rosa.quill@example.com' }, '+1 555 0112'),
  says('Wanda Frost', { name: 'Wanda Frost' }, '+1 555 0125'),
  says('Dev Malhar', { name: 'Dev Malhar', email: 'dev.malhar@example.org' }, '+1 555 0140'),
  says('Lars Fennick', { name: 'Lars Fennick', customData: { handle: '@fennick.lars' } }),
  says('Mika Sandholm', { name: 'Mika Sandholm', email: 'mika.sandholm@example.net' }, '+1 555 0147'),
  says('Ana Ribeirinho', { name: 'Ana Ribeirinho', customData: { handle: '@ana.rib', returning: true } }),
  says('Oksana Verba', { name: 'Oksana Verba', email: 'oksana.verba@example.com' }),
  says('Piet Vandersloot', { name: 'Piet Vandersloot', email: 'piet.vandersloot@example.net' }),
  says('newsletter robot', { name: 'Offers', email: 'offers@example.net' }),
  says('caller ending 0142', {}, '+1 555 0142'),
];
