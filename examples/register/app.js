import express from 'express'

const { PORT = '3000', ORDERS_URL = 'http://127.0.0.1:4000' } = process.env

const app = express()

app.get('/health', (_request, response) => {
  response.json({ ok: true })
})

app.get('/orders/:id', async (request, response) => {
  response.json(await orderOf(request.params.id))
})

app.get('/orders/:id/total', async (request, response) => {
  const { order, items } = await orderOf(request.params.id)
  response.json({ order, total: items.reduce((sum, { price }) => sum + price, 0) })
})

app.use((error, _request, response, _next) => {
  response.status(502).json({ error: String(error) })
})

async function orderOf(id) {
  const response = await fetch(`${ORDERS_URL}/orders/${id}`)
  if (!response.ok) throw new Error(`the orders service answered ${response.status}`)
  return response.json()
}

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
