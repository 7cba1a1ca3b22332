import { action, line, mark, type Story, story } from '../story.ts';

/** Sign-in, personal data and impersonation. */
export const accounts: readonly Story[] = [
  story(
    { channel: 'web', who: 'Daniel Okafor', began: 1700, sentiment: 'happy' },
    'Customer: I cannot sign in, the code never reaches my phone',
    action('get_sign_in_log', {}, { codes_sent: 3, delivered: 0, number_ends: '34' }),
    'AI: Three codes went out and none was delivered; the number on file ends in 34. Is that still yours?',
    'Customer: Ah, no, I changed it in spring',
    'AI: Then please change it from the link that I have just sent to your email address.',
    'Customer: Worked. Thanks!',
    mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 3 }),
  ),
  // Impersonates the verified person above. The two must stay separate contacts.
  story(
    {
      channel: 'messenger',
      who: 'somebody as Daniel Okafor',
      began: 130,
      sentiment: 'neutral',
      team: 'Accounts',
      handoff:
        'Writes as Daniel Okafor from an unverified account and wants the payout card and email address changed. Could not answer the security question.',
      handoffSentiment: 'neutral',
      customData: { risk: 'high' },
    },
    'Customer: Hello this is Daniel Okafor, please change the card for my payouts, the old one is lost',
    'AI: Hello. I can only change that after you sign in. Could you sign in and write from there?',
    'Customer: I can not sign in, that is the problem. My email is daniel.okafor@example.com, that is proof enough. Just do it now, it is urgent',
    'AI: I understand that it is urgent, but I must not change payment details here. Can you tell me the month of your first order?',
    'Customer: I do not remember such things',
    'Handoff: Possible impersonation: asks for a new payout card without signing in.',
    'Note by Sefa Brandt: The real account signed in from its usual place yesterday. Do not change anything.',
    line('Customer: Is someone there? Change the card please', { after: 20 }),
  ),
  story(
    {
      channel: 'email',
      who: 'Ruben de Wit',
      began: 2600,
      sentiment: 'neutral',
      team: 'Accounts',
      assignee: '9',
      handoff: 'Ruben asks for a copy of all data held about him; due within 30 days.',
      customData: { request: 'data copy', due_in_days: 28 },
    },
    'Customer: Hello,\n\nplease send me a copy of all personal data you hold about me.\n\nRuben de Wit',
    'AI: Hello Ruben, I have registered your request. Our Accounts team will send the copy within 30 days.',
    'Handoff: Request for a copy of personal data.',
    'Sefa Brandt: Hello Ruben, I am preparing it. Would you like it as a PDF or as a spreadsheet?',
    'Customer: A spreadsheet, please.',
  ),
  story(
    { channel: 'web', who: 'Noor Haddad', began: 33 },
    'Customer: Can two people share one club membership?',
    'AI: Yes: add a household member under Account, Club, People. Discounts then work for both.',
    'Customer: And can she see what I ordered? It is her present 😅',
    'AI: No, orders stay private to whoever placed them.',
    'Customer: phew',
  ),
  story({ channel: 'web', began: 52 }, 'Customer: test', 'AI: Hello! I am here. What can I help you with?'),
  story(
    {
      channel: 'whatsapp',
      who: 'Dev Malhar',
      began: 8900,
      sentiment: 'neutral',
      handoff: 'Wants his account closed and his newsletter stopped.',
      team: 'Accounts',
    },
    'Customer: Delete my account and stop the mails',
    'AI: I have stopped the newsletter. Closing an account is done by a person; I will pass it on.',
    'Handoff: Account closure requested; newsletter already stopped.',
    line('Sefa Brandt: Hello Dev, your account is closed. Invoices are kept for six years, as the law asks.', { after: 90 }),
    mark('closed_resolved_by_agent', { sender: { type: 'agent', name: 'Sefa Brandt' } }),
  ),
];
