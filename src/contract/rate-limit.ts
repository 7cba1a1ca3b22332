/** Requests a minute that the API takes of one key, "standard". Source: create document. */
export const requestsPerMinute = 100;
