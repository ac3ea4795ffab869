// Express with whatever configuration a file holds: node mended.cjs FILE PORT
const [file, port] = process.argv.slice(2);
const app = require("express")();
eval(require("fs").readFileSync(file, "utf8"));
app.all("/orders", (request, response) => response.json({ id: 7 }));
app.listen(Number(port), "127.0.0.1");
