// The shop of the demo. In: nothing. Out: its orders. All customers and amounts are invented.

export interface DemoOrder {
  readonly id: string;
  readonly customer: string;
  readonly item: string;
  readonly priceEur: number;
  readonly deliveryEur: number;
  readonly promised: string;
  readonly delivered: string;
  readonly daysLate: number;
}

export const ORDERS: readonly DemoOrder[] = [
  {
    ...{ id: "4711", customer: "Ada Moreno", item: "Espresso machine", priceEur: 240, deliveryEur: 12 },
    ...{ promised: "2026-01-05", delivered: "2026-01-12", daysLate: 7 },
  },
  {
    ...{ id: "4712", customer: "Jonas Weber", item: "Desk lamp", priceEur: 60, deliveryEur: 6 },
    ...{ promised: "2026-01-08", delivered: "2026-01-11", daysLate: 3 },
  },
];
