using System.Net;
using System.Net.Sockets;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Tells addresses of the public internet from all others.</summary>
/// <remarks>
/// IPv4 is a list of what is refused; IPv6 is the other way round: only 2000::/3 is handed out on the public internet,
/// so everything else (::, ::1, fc00::/7, fe80::/10, fec0::/10, ff00::/8, 100::/64, 64:ff9b:1::/48, …) needs no row.
/// Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries.
/// </remarks>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] RefusedV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),          // this network; Linux takes 0.0.0.0 for loopback
        IPNetwork.Parse("10.0.0.0/8"),         // private
        IPNetwork.Parse("100.64.0.0/10"),      // carrier-grade NAT, with Alibaba's metadata at 100.100.100.200
        IPNetwork.Parse("127.0.0.0/8"),        // loopback
        IPNetwork.Parse("168.63.129.16/32"),   // Azure's host agent, which answers on a public-looking address
        IPNetwork.Parse("169.254.0.0/16"),     // link-local, with the clouds' metadata at 169.254.169.254
        IPNetwork.Parse("172.16.0.0/12"),      // private
        IPNetwork.Parse("192.0.0.0/24"),       // protocol assignments, with Oracle's metadata at 192.0.0.192
        IPNetwork.Parse("192.0.2.0/24"),       // TEST-NET-1
        IPNetwork.Parse("192.88.99.0/24"),     // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"),     // private
        IPNetwork.Parse("198.18.0.0/15"),      // benchmarks
        IPNetwork.Parse("198.51.100.0/24"),    // TEST-NET-2
        IPNetwork.Parse("203.0.113.0/24"),     // TEST-NET-3
        IPNetwork.Parse("224.0.0.0/4"),        // multicast
        IPNetwork.Parse("240.0.0.0/4"),        // reserved, with broadcast at its end
    ];

    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] RefusedV6 =
    [
        IPNetwork.Parse("2001::/23"),          // protocol assignments: Teredo, ORCHID, benchmarks
        IPNetwork.Parse("2001:db8::/32"),      // documentation
        IPNetwork.Parse("2002::/16"),          // 6to4 carries any IPv4 address inside
        IPNetwork.Parse("3fff::/20"),          // documentation
    ];

    // A network with DNS64 answers this prefix for every IPv4-only host, so it is judged by the IPv4 address inside.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the address is reachable on the public internet and belongs to no special range.</summary>
    public static bool IsPublic(IPAddress address)
    {
        address = Embedded(address) ?? address;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !RefusedV4.Any(network => network.Contains(address));
        return address.AddressFamily == AddressFamily.InterNetworkV6
            && address.ScopeId == 0
            && GlobalV6.Contains(address)
            && !RefusedV6.Any(network => network.Contains(address));
    }

    /// <summary>Whether the address is this machine, also when an IPv4 address is wrapped in IPv6.</summary>
    public static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address)
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : null;
    }
}
