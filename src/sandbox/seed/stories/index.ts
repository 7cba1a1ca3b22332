import type { Story } from '../story.ts';
import { abroad } from './abroad.ts';
import { accounts } from './accounts.ts';
import { billing } from './billing.ts';
import { calls } from './calls.ts';
import { deliveries } from './deliveries.ts';
import { devices } from './devices.ts';
import { mail } from './mail.ts';
import { pairingTalk } from './pairing.ts';
import { partners } from './partners.ts';
import { refunds } from './refunds.ts';
import { returns } from './returns.ts';

/** All written conversations: the support desk of Juniper & Pike, a fictional outdoor shop. */
export const stories: readonly Story[] = [
  ...refunds,
  ...deliveries,
  ...returns,
  ...billing,
  ...accounts,
  ...devices,
  ...pairingTalk,
  ...mail,
  ...calls,
  ...abroad,
  ...partners,
];

let ordersByStory: readonly (readonly string[])[] | undefined;

/** Whether one of the first `count` demo conversations is about this order. */
export function isOrderInStories(order: string, count: number): boolean {
  ordersByStory ??= stories.map((story) => JSON.stringify(story).match(/ord_\d+/g) ?? []);
  return ordersByStory.slice(0, count).some((orders) => orders.includes(order));
}
