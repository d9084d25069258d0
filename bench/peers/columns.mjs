// Tables of @faker-js/faker, labelled: prints JSON lines {table, headers, labels, rows}. Called by columns.py.
// Usage: node columns.mjs FOLDER LOCALE...; FOLDER holds node_modules with the package.
const F = await import(process.argv[2] + '/node_modules/@faker-js/faker/dist/index.js');
const locales = process.argv.slice(3);
const el = {
 'person.fullName':'name','person.firstName':'given_name','person.lastName':'surname','person.middleName':'middle_name','person.sex':'gender','person.jobTitle':null,'person.prefix':null,'person.zodiacSign':null,'person.suffix':'suffix',
 'location.streetAddress':'address','location.secondaryAddress':'address','location.city':'city','location.state':'state','location.zipCode':'zip','location.country':'country','location.latitude':'geolocation','location.longitude':'geolocation','location.timeZone':null,'location.county':null,
 'phone.number':'phone','phone.imei':'imei','internet.email':'email','internet.username':'username','internet.password':'password','internet.ipv4':'ip','internet.ipv6':'ip','internet.mac':'mac','internet.userAgent':null,'internet.url':null,'internet.domainName':null,
 'finance.accountNumber':'bank_account','finance.routingNumber':'bank_routing','finance.iban':'iban','finance.bic':'bic','finance.creditCardNumber':'payment_card','finance.creditCardCVV':'card_cvv','finance.bitcoinAddress':'crypto_address','finance.ethereumAddress':'crypto_address','finance.amount':null,'finance.currencyCode':null,'finance.transactionDescription':null,'finance.pin':'account_pin','finance.accountName':null,
 'vehicle.vin':'vin','vehicle.vrm':'license_plate','vehicle.manufacturer':null,'vehicle.model':null,'vehicle.color':null,
 'company.name':null,'company.catchPhrase':null,'commerce.productName':null,'commerce.department':null,'commerce.price':null,'commerce.isbn':null,
 'date.birthdate':'dob','date.past':null,'date.recent':null,'string.uuid':null,'git.commitSha':null,'lorem.sentence':null,'system.fileName':null,'system.semver':null,'color.human':null,'animal.dog':null,'music.songName':null,'music.artist':null,'book.title':null,'science.chemicalElement.name':null,'airline.flightNumber':null,'number.int':null,'datatype.boolean':null,'internet.displayName':'username',
};
const themes = [
 ['string.uuid','person.firstName','person.lastName','person.sex','date.birthdate','internet.email','phone.number','location.streetAddress','location.city','location.state','location.zipCode','location.country','date.recent'],
 ['number.int','person.fullName','person.jobTitle','company.name','internet.email','phone.number','finance.creditCardNumber','finance.creditCardCVV','finance.amount','finance.currencyCode'],
 ['internet.username','internet.password','internet.email','internet.ipv4','internet.userAgent','date.past','datatype.boolean'],
 ['person.fullName','finance.accountName','finance.accountNumber','finance.routingNumber','finance.iban','finance.bic','finance.transactionDescription','finance.bitcoinAddress','finance.ethereumAddress','finance.pin'],
 ['person.prefix','person.firstName','person.middleName','person.lastName','person.suffix','phone.imei','internet.mac','internet.ipv6','location.latitude','location.longitude','location.timeZone'],
 ['vehicle.vin','vehicle.vrm','vehicle.manufacturer','vehicle.model','vehicle.color','person.lastName','person.firstName','location.zipCode','location.city'],
 ['commerce.productName','commerce.department','commerce.price','commerce.isbn','company.catchPhrase','lorem.sentence','system.fileName','system.semver','color.human','animal.dog'],
 ['music.songName','music.artist','book.title','airline.flightNumber','git.commitSha','internet.url','internet.domainName','number.int','date.past'],
 ['person.fullName','location.streetAddress','location.secondaryAddress','location.city','location.zipCode','phone.number','person.zodiacSign'],
];
const name = field => (field === 'phone.number' ? 'phoneNumber' : field.split('.').pop());
for (const locale of locales) {
  const f = F['faker' + locale];
  f.seed(42);
  f.setDefaultRefDate('2026-01-01T00:00:00.000Z');
  const value = field => {
    let v = field.split('.').reduce((o, key) => o[key], f)();
    if (v instanceof Date) v = field === 'date.birthdate' ? v.toISOString().slice(0, 10) : v.toISOString();
    return String(v?.name ?? v).replace(/[\t\n\r]+/g, ' ');
  };
  const has = field => {
    try {
      value(field);
      return true;
    } catch {
      return false;
    }
  };
  themes.forEach((fields, at) => {
    const kept = fields.filter(has);
    const rows = Array.from({ length: [60, 200, 500][at % 3] }, () => kept.map(value));
    const table = { table: `faker-js/${locale}/${at}`, headers: kept.map(name), labels: kept.map(field => el[field] ?? null), rows };
    console.log(JSON.stringify(table));
  });
}
