/** RFC 9110, section 15, and what else is registered with IANA: the statuses that tell of a failure. */
const texts = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Content'],
  [423, 'Locked'],
  [424, 'Failed Dependency'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [506, 'Variant Also Negotiates'],
  [507, 'Insufficient Storage'],
  [508, 'Loop Detected'],
  [511, 'Network Authentication Required'],
])

/** What a status means, in the words of the standard; empty where it has none. */
export function statusTextOf(status: number): string {
  return texts.get(status) ?? ''
}

/** How much of a server's own words is shown, in characters. */
const longest = 100

/** What tells a terminal or a log to do something, and what nobody sees: controls, formats, separators of lines. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

/** A server's own words for its status, as they may be shown; those of the standard where it has none. */
export function reasonOf(status: number, given: unknown): string {
  const text = typeof given === 'string' ? given.replace(/\s+/g, ' ').trim() : ''
  if (text === '') return statusTextOf(status)
  return Array.from(text).slice(0, longest).join('').replace(unprintable, '\u{fffd}')
}
