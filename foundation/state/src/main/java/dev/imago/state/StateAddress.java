package dev.imago.state;

import dev.imago.core.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Where state lives.
public sealed interface StateAddress {
  /// H2 in a folder: for one process, and commands beside it on the same machine.
  record Embedded(Path folder) implements StateAddress {
    public Embedded {
      folder = folder.toAbsolutePath().normalize();
      if (folder.toString().contains(";")) {
        throw new ConfigException(
            "%s holds a semicolon, which no folder of state may: name another".formatted(folder));
      }
    }

    @Override
    public String toString() {
      return folder.toString();
    }
  }

  /// PostgreSQL, for any number of processes.
  ///
  /// @param url `jdbc:postgresql://HOST:PORT/DATABASE`, without user and password
  record PostgreSql(String url, String user, String password) implements StateAddress {
    /// Without the password.
    @Override
    public String toString() {
      return url;
    }
  }

  /// The state of a workspace where none is named: `WORKSPACE/state`.
  static StateAddress in(Path workspace) {
    return new Embedded(workspace.resolve("state"));
  }

  /// A folder, or PostgreSQL's own form, `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.
  ///
  /// @throws ConfigException for an address of another kind
  static StateAddress parse(String text) {
    String address = text.startsWith("jdbc:") ? text.substring(5) : text;
    if (!address.contains("://")) {
      if (address.isBlank() || address.startsWith("h2:")) {
        throw new ConfigException(
            "state = «%s» is no folder; name one, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
                .formatted(text));
      }
      return new Embedded(Path.of(address));
    }
    try {
      URI uri = new URI(address);
      String scheme = uri.getScheme();
      if ((!scheme.equals("postgresql") && !scheme.equals("postgres"))
          || uri.getHost() == null
          || uri.getPath().length() < 2) {
        throw unread();
      }
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String[] who = uri.getRawUserInfo() == null ? new String[0] : user(uri.getRawUserInfo());
      return new PostgreSql(
          "jdbc:postgresql://" + uri.getHost() + port + uri.getPath() + query,
          who.length > 0 ? who[0] : System.getProperty("user.name", "postgres"),
          who.length > 1 ? who[1] : "");
    } catch (URISyntaxException e) {
      throw unread();
    }
  }

  private static String[] user(String info) {
    int colon = info.indexOf(':');
    return colon < 0
        ? new String[] {decoded(info)}
        : new String[] {decoded(info.substring(0, colon)), decoded(info.substring(colon + 1))};
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// Tells nothing of the address, in which a password stands.
  private static ConfigException unread() {
    return new ConfigException(
        "the address of the state is not of the form"
            + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and no folder");
  }
}
