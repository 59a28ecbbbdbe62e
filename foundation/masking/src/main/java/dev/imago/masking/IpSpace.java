package dev.imago.masking;

/// Which IP addresses may belong to somebody: those that IANA's registries of special-purpose
/// addresses (RFC 6890) do not keep for private networks, loopback, documentation, benchmarks,
/// multicast or the future.
final class IpSpace {
  private IpSpace() {}

  /// @param o four octets, each 0 … 255
  static boolean personalV4(int[] o) {
    int second = o[0] << 8 | o[1];
    int third = second << 8 | o[2];
    boolean special =
        o[0] == 0 // this network
            || o[0] == 10 // private, RFC 1918
            || o[0] == 127 // loopback
            || o[0] >= 224 // multicast, reserved, broadcast
            || second >= (100 << 8 | 64) && second <= (100 << 8 | 127) // shared, RFC 6598
            || second == (169 << 8 | 254) // link-local
            || second >= (172 << 8 | 16) && second <= (172 << 8 | 31) // private
            || second == (192 << 8 | 168) // private
            || second == (198 << 8 | 18) // benchmarks, RFC 2544
            || second == (198 << 8 | 19)
            || third == 192 << 16 // protocol assignments
            || third == (192 << 16 | 2) // documentation, RFC 5737
            || third == (198 << 16 | 51 << 8 | 100)
            || third == (203 << 16 | 113);
    return !special;
  }

  /// Those of private networks, RFC 1918, of carriers, RFC 6598, and of a link, RFC 3927.
  static boolean privateV4(int[] o) {
    int second = o[0] << 8 | o[1];
    return o[0] == 10
        || second >= (172 << 8 | 16) && second <= (172 << 8 | 31)
        || second == (192 << 8 | 168)
        || second >= (100 << 8 | 64) && second <= (100 << 8 | 127)
        || second == (169 << 8 | 254);
  }

  /// Unique local addresses, RFC 4193, and those of a link, RFC 4291.
  static boolean privateV6(int[] g) {
    return (g[0] & 0xfe00) == 0xfc00 || (g[0] & 0xffc0) == 0xfe80;
  }

  /// @param g eight groups, each 0 … 0xffff
  static boolean personalV6(int[] g) {
    boolean global = g[0] >= 0x2000 && g[0] <= 0x3fff; // 2000::/3, global unicast
    boolean protocol = g[0] == 0x2001 && g[1] < 0x200 && g[1] != 0; // 2001::/23 less Teredo
    boolean documentation =
        g[0] == 0x2001 && g[1] == 0xdb8 || g[0] == 0x3fff && g[1] < 0x1000; // RFC 3849, RFC 9637
    return global && !protocol && !documentation;
  }

  /// The eight groups of an IPv6 address written in hexadecimal, `::` filled up with zeros; empty
  /// for any other text.
  static int[] groups(String address) {
    int gap = address.indexOf("::");
    if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
      return new int[0];
    }
    int[] groups = new int[8];
    String head = gap < 0 ? address : address.substring(0, gap);
    String tail = gap < 0 ? "" : address.substring(gap + 2);
    String[] left = head.isEmpty() ? new String[0] : head.split(":", -1);
    String[] right = tail.isEmpty() ? new String[0] : tail.split(":", -1);
    int written = left.length + right.length;
    if (gap < 0 ? written != 8 : written > 7) {
      return new int[0];
    }
    for (int i = 0; i < written; i++) {
      String group = i < left.length ? left[i] : right[i - left.length];
      if (group.isEmpty() || group.length() > 4) {
        return new int[0];
      }
      groups[i < left.length ? i : 8 - written + i] = Integer.parseInt(group, 16);
    }
    return groups;
  }
}
