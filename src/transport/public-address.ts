import { BlockList, isIP } from 'node:net'

/** Whether an address may be asked on behalf of somebody else. */
export type AddressCheck = (address: string) => boolean

/**
 * What is not the public internet, by the registries of special addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry), and the two public ones behind which clouds put their metadata.
 */
const NOT_PUBLIC_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Of IPv6 only this block is given out; everything else (mapped, loopback, local, translated) stands outside. */
const PUBLIC_V6: readonly [string, number] = ['2000::', 3]

/** Within it: protocol assignments and Teredo, documentation, 6to4, which hides an IPv4 address. */
const NOT_PUBLIC_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
]

/** Says no to every address that could be this machine, its network or its cloud's metadata, and to what is no address. */
export function createPublicAddressCheck(): AddressCheck {
  const refused = new BlockList()
  for (const [net, prefix] of NOT_PUBLIC_V4) refused.addSubnet(net, prefix, 'ipv4')
  for (const [net, prefix] of NOT_PUBLIC_V6) refused.addSubnet(net, prefix, 'ipv6')
  const given = new BlockList()
  given.addSubnet(...PUBLIC_V6, 'ipv6')
  return (address) => {
    const family = isIP(address)
    if (family === 4) return !refused.check(address, 'ipv4')
    // A zone names one of this machine's own links.
    if (family !== 6 || address.includes('%')) return false
    return given.check(address, 'ipv6') && !refused.check(address, 'ipv6')
  }
}
