/** How long the embedded server and its clients keep a connection, in ms: it has to outlive the turns of all other rows. */
export const keepAlive = 120_000
