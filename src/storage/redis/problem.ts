import type { StoreProblem } from '../store-problem.ts'
import type { RedisError } from './error.ts'

/** Says what it means. `server` is its address without account and password. */
export function describeRedis(
  { code, detail = 'unknown' }: Pick<RedisError, 'code' | 'detail'>,
  server: string,
): StoreProblem {
  switch (code) {
    case 'BADADDRESS':
      return {
        kind: 'badAddress',
        what: 'STORAGE_URL is not a URL of a Redis that this version can read.',
        next: 'Use redis://account:password@host:6379/0 (rediss:// for TLS), without ? and #. Write / as %2F, # as %23, @ as %40 and ? as %3F within the password.',
      }
    case 'TOOOLD':
      return {
        kind: 'tooOld',
        what: `The Redis at ${server} has version ${detail}; 7.0 or newer is needed.`,
        next: 'Update Redis, or use sqlite://data/usherr.sqlite.',
      }
    case 'REPLICA':
    case 'READONLY':
      return {
        kind: 'readOnly',
        what: `The Redis at ${server} is a copy of another one, and takes no writes (${code}).`,
        next: 'Name the one that it copies (its primary) in STORAGE_URL.',
      }
    case 'NOREPLICAS':
      return {
        kind: 'readOnly',
        what: `The Redis at ${server} takes no writes, because too few of its copies are there (NOREPLICAS).`,
        next: 'Start its copies, or set "min-replicas-to-write 0" in redis.conf.',
      }
    case 'NOTDURABLE':
      return {
        kind: 'losesWrites',
        what: `The Redis at ${server} keeps no append-only file: after a crash, what was decided last would be forgotten.`,
        next: 'Put these two lines into redis.conf and start Redis again: "appendonly yes" and "appendfsync always".',
      }
    case 'EVICTS':
      return {
        kind: 'losesWrites',
        what: `The Redis at ${server} throws data away when its memory is full (maxmemory-policy ${detail}).`,
        next: 'Put this line into redis.conf and start Redis again: "maxmemory-policy noeviction". Best give Usherr a Redis of its own.',
      }
    case 'NODATABASE':
      return {
        kind: 'noDatabase',
        what: `The Redis at ${server} has no database of this number.`,
        next: 'Write 0 at the end of STORAGE_URL (redis://account:password@host:6379/0), or raise "databases" in redis.conf.',
      }
    case 'NOPASSWORD':
      return {
        kind: 'notLetIn',
        what: `STORAGE_URL has a password, and the Redis at ${server} asks for none.`,
        next: 'Put "requirepass <the password>" into redis.conf and start Redis again, or take the password out of STORAGE_URL.',
      }
    case 'DENIED':
      return {
        kind: 'notLetIn',
        what: `The Redis at ${server} lets only programs of its own machine in while it has no password (DENIED).`,
        next: 'Put "requirepass <a password>" into redis.conf, start Redis again, and write the password into STORAGE_URL.',
      }
    case 'INUSE':
      return {
        kind: 'inUse',
        what: `Another bot works on the Redis at ${server} already.`,
        next: 'Stop the other one, or give this one a Redis of its own or another number at the end of STORAGE_URL.',
      }
    case 'WRONGPASS':
    case 'NOAUTH':
      return {
        kind: 'notLetIn',
        what: `The Redis at ${server} does not accept the account and the password of STORAGE_URL (${code}).`,
        next: 'Check both in STORAGE_URL: redis://account:password@host:6379/0. Without an account it is redis://:password@host:6379/0.',
      }
    case 'NOPERM':
      return {
        kind: 'noRights',
        what: `The account of STORAGE_URL may not do at ${server} all that is needed (NOPERM).`,
        next: 'Give it the rights: ACL SETUSER <account> ~{usherr}:* +@read +@write +@scripting +@connection +info +bgrewriteaof +config|get',
      }
    case 'OOM':
      return {
        kind: 'full',
        what: `The memory of the Redis at ${server} is full (OOM).`,
        next: 'Raise maxmemory in redis.conf, or move what else lies in this Redis elsewhere, then start again.',
      }
    case 'MISCONF':
      return {
        kind: 'full',
        what: `The Redis at ${server} cannot write to its disk and takes no writes (MISCONF).`,
        next: "Look into Redis' log, mostly the disk is full or the folder may not be written; then start again.",
      }
    case 'LOADING':
    case 'BUSY':
      return {
        kind: 'locked',
        what: `The Redis at ${server} is still reading its data or busy with something long (${code}).`,
        next: 'Wait until it is done, then start again.',
      }
    case 'CLUSTERDOWN':
    case 'MOVED':
    case 'ASK':
    case 'CROSSSLOT':
    case 'TRYAGAIN':
      return {
        kind: 'unsupported',
        what: `The Redis at ${server} is one node of a cluster and does not hold Usherr's place in it (${code}).`,
        next: 'Use a Redis of its own, or name in STORAGE_URL the node that has the slot of {usherr}: redis-cli CLUSTER KEYSLOT "{usherr}:id".',
      }
    case 'WRONGTYPE':
    case 'DAMAGED':
    case 'NOTOURS':
      return {
        kind: 'damaged',
        what: `What lies at ${server} under {usherr}: was changed by something else (${code}).`,
        next: 'Stop the bot, keep a copy of the files of Redis, and put a backup in its place. Do not delete encryption.key.',
      }
    case 'CERT_HAS_EXPIRED':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        kind: 'notLetIn',
        what: `The certificate of the Redis at ${server} does not prove that it is this server (${code}).`,
        next: 'Give the file of the authority that signed it in NODE_EXTRA_CA_CERTS, and the name that the certificate has in STORAGE_URL.',
      }
    default:
      return {
        kind: 'outOfReach',
        what: `The Redis at ${server} cannot be reached (${code}).`,
        next: 'Check that it runs, that STORAGE_URL has its host and port (rediss:// where it wants TLS), and that no firewall is between.',
      }
  }
}
