/** What the user asked for cannot be done. The message is the one line that says why. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
