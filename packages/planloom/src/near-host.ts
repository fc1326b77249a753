// Tells servers of one's own from hosted ones by their name. In: a host name or address. Out: whether it is on this
// machine or in a private network. It decides only about advice: no request is allowed or refused by it.

/** Endings of names that no public server has. */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|test|svc)$/;
const PRIVATE_V4 =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const PRIVATE_V6 = /^(?:::1?|f[cd][\da-f]{2}:.*|fe[89ab][\da-f]:.*|::ffff:.*)$/;

/** A name without a dot is one of this network, such as a service of Docker. */
export function isNearHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (name.includes(":")) return PRIVATE_V6.test(name);
  return !name.includes(".") || PRIVATE_NAME.test(name) || PRIVATE_V4.test(name);
}
