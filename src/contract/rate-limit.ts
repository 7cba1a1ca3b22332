/** The API's limit for standard endpoints, in requests per minute. Source: Create Session, "Rate Limiting". */
export const requestsPerMinute = 100;
