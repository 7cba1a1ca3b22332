/** Support teams in the demo data. */
export const teams: readonly { readonly name: string; readonly description?: string }[] = [
  { name: 'Payments', description: 'Refunds, charges and invoices' },
  { name: 'Deliveries', description: 'Parcels, carriers and returns' },
  { name: 'Devices', description: 'Trail trackers and the app' },
  { name: 'Accounts' },
];
