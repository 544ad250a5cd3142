// What came in this morning.
export const tickets = [
  {
    id: 'T-7301',
    tenant: 'Fjellhuset',
    text: 'Where is my order F-20417? It should have come on Thursday, and we leave for the mountains on Wednesday.',
  },
  {
    id: 'T-7302',
    tenant: 'Tindvev',
    text: 'My card was charged twice for order V-11862, 890 on the 17th and 890 on the 18th. I bought one blanket.',
  },
  {
    id: 'T-7303',
    tenant: 'Skjerkokk',
    text: 'Order K-5530 came with a cracked lid, and two days late although I paid for express. I would like my money back for both.',
  },
  {
    id: 'T-7304',
    tenant: 'Fjellhuset',
    text: 'We have moved. Please send order F-20455 to Elvegata 9 in Levanger instead, and may I pay by invoice instead of by card?',
  },
  {
    id: 'T-7305',
    tenant: 'Tindvev',
    text: 'We dispute line 4 of invoice R-3307. The discount of our agreement is missing, 1,840 in all, and our lawyer has a copy of this.',
  },
  {
    id: 'T-7306',
    tenant: 'Skjerkokk',
    text: 'The carrier says that K-5548 was delivered on Friday and left with a neighbour. Nobody here has it. I want my money back.',
  },
  {
    id: 'T-7307',
    tenant: 'Fjellhuset',
    text: 'Can I still send back the boots of order F-19780? They were worn in the flat for one evening and are too narrow.',
  },
  { id: 'T-7308', tenant: 'Skjerkokk', text: 'Hello, it has still not come. Could you please look into it?' },
  {
    id: 'T-7309',
    tenant: 'Tindvev',
    text: 'Order V-11790 to Switzerland is late, and the carrier now asks for a customs fee of 62 francs. Is that right, and when does it come?',
  },
]
