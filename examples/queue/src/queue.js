import PgBoss from 'pg-boss'

export const QUEUE = 'invoices'

/** Opens the queue in the PostgreSQL of `DATABASE_URL`; pg-boss makes its tables when they are not there. */
export async function openQueue() {
  const boss = new PgBoss(process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres')
  boss.on('error', (error) => console.error(error.message))
  await boss.start()
  // A job that fails is the caller's to repeat.
  await boss.createQueue(QUEUE, { name: QUEUE, retryLimit: 0 })
  return boss
}
