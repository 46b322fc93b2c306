import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { type Check, startHealth } from '../../src/ops/health.ts'
import { createMetrics } from '../../src/ops/metrics.ts'

async function health(checks: Record<string, Check> = {}, metrics = createMetrics()) {
  const started = await startHealth({ port: 0, checks, metrics, log: silentLog })
  if (!started.ok) throw new Error(started.problem.what)
  onTestFinished(() => started.value.close())
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${started.value.port}${path}`, { ...init, signal: AbortSignal.timeout(5000) })
  return { get, health: started.value }
}

describe('health', () => {
  it('is alive whatever the checks say', async () => {
    const { get } = await health({ discord: () => false })
    const answer = await get('/healthz')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ alive: true, uptimeSeconds: expect.any(Number) })
  })

  it('is ready where every check holds', async () => {
    const { get } = await health({ discord: () => true, store: async () => true })
    const answer = await get('/readyz')
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { ready: true, checks: { discord: true, store: true } },
    ])
  })

  it('is not ready where one does not hold or throws, and says which', async () => {
    const { get } = await health({
      discord: () => true,
      store: async () => {
        throw new Error('canary')
      },
      other: () => false,
    })
    const answer = await get('/readyz')
    const text = await answer.text()
    expect([answer.status, JSON.parse(text)]).toEqual([
      503,
      { ready: false, checks: { discord: true, store: false, other: false } },
    ])
    expect(text).not.toContain('canary')
  })

  it('does not wait for a check that never answers', async () => {
    const { get } = await health({ store: () => new Promise(() => {}) })
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const answering = get('/readyz')
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { interval: 5 })
    await vi.advanceTimersByTimeAsync(2000)
    expect((await answering).status).toBe(503)
  })

  it('refuses other paths and other methods', async () => {
    const { get } = await health()
    expect((await get('/')).status).toBe(404)
    expect((await get('/healthz/../etc')).status).toBe(404)
    expect((await get('/healthz', { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it('says which port is taken', async () => {
    const first = await health()
    const second = await startHealth({ port: first.health.port, checks: {}, log: silentLog })
    expect(second).toMatchObject({ ok: false, problem: { what: expect.stringContaining('EADDRINUSE') } })
  })

  it('stops at once, also with a connection that is kept open', async () => {
    const { get, health: running } = await health()
    await (await get('/healthz')).text()
    await running.close()
    await expect(get('/healthz')).rejects.toThrow()
  })
})

describe('metrics', () => {
  it('are Prometheus text', async () => {
    const metrics = createMetrics()
    const invites = metrics.counter('usherr_invites_total', 'Invitations, by outcome')
    invites.add({ outcome: 'shared' })
    invites.add({ outcome: 'shared' }, 2)
    invites.add({ outcome: 'a "b"\n\\' })
    metrics.counter('usherr_starts_total', 'Starts').add()
    let people = 3
    metrics.gauge('usherr_people', 'People with access', () => people)
    people = 4
    const { get } = await health({}, metrics)
    const answer = await get('/metrics')
    expect(answer.headers.get('content-type')).toContain('version=0.0.4')
    expect(await answer.text()).toBe(`# HELP usherr_invites_total Invitations, by outcome
# TYPE usherr_invites_total counter
usherr_invites_total{outcome="shared"} 3
usherr_invites_total{outcome="a \\"b\\"\\n\\\\"} 1
# HELP usherr_starts_total Starts
# TYPE usherr_starts_total counter
usherr_starts_total 1
# HELP usherr_people People with access
# TYPE usherr_people gauge
usherr_people 4
`)
  })

  it('give the same counter for the same name, and refuse what is not one', () => {
    const metrics = createMetrics()
    metrics.counter('a', 'A').add()
    metrics.counter('a', 'A').add()
    expect(metrics.render()).toContain('\na 2\n')
    expect(() => metrics.gauge('a', 'A', () => 1)).toThrow(RangeError)
    expect(() => metrics.counter('a b', 'A')).toThrow(RangeError)
    expect(() => metrics.counter('a', 'A').add({}, -1)).toThrow(RangeError)
  })
})
