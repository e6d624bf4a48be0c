/** The status of a response that is read to its end: a pool waits, when it is closed, for one that nobody reads. */
export async function statusOf(calling: Promise<Response>): Promise<number> {
  const response = await calling
  await response.arrayBuffer()
  return response.status
}
