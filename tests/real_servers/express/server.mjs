// Express with the cors package: node server.mjs staging|production PORT
import cors from 'cors';
import express from 'express';

const [deployment, port] = process.argv.slice(2);
const app = express();

const listOrders = (request, response) => response.set('X-Request-Id', 'r-1').json([{ id: 7 }]);
const createOrder = (request, response) => response.status(201).json({ id: 7 });
const account = (request, response) => response.json({ name: 'Ada' });
// Who has the session's cookie is let in: whether it comes along is the browser's decision.
const session = (request, response) =>
  (request.headers.cookie ?? '').includes('session=') ? response.json({ name: 'Ada' }) : response.sendStatus(401);
const order = (request, response) => {
  if (request.params.id !== '7') return response.sendStatus(404);
  return request.method === 'DELETE' ? response.sendStatus(204) : response.json({ id: 7 });
};
const crash = () => {
  throw new Error('the handler failed');
};
const requireLogin = (request, response, next) =>
  request.headers.authorization ? next() : response.sendStatus(401);

if (deployment === 'staging') {
  // One middleware before everything, which echoes whoever asks.
  app.use(cors({ origin: true, credentials: true, exposedHeaders: ['X-Request-Id'] }));
  app.get('/api/orders', listOrders);
  app.post('/api/orders', createOrder);
  app.get('/api/account', account);
} else {
  // The one origin, sent to everybody, without credentials; set route by route at first.
  const policy = cors({ origin: 'http://shop.localhost' });
  app.get('/api/orders', policy, listOrders);
  app.post('/api/orders', policy, createOrder); // and no app.options: Express itself answers the preflight
  app.get('/api/account', policy, account);
  app.use('/api/orders/:id', requireLogin, policy); // login before cors, and no preflight carries one
  app.use('/api/crash', policy);
}
app.get('/api/session', session);
app.all('/api/orders/:id', order);
app.get('/api/crash', crash);

app.listen(Number(port), '127.0.0.1');
