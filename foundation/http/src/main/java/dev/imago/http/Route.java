package dev.imago.http;

import io.helidon.http.Method;

/// A method and a path, who may use them, and what is done.
///
/// @param path a pattern of Helidon's: `/v1/models/{+id}` takes slashes into `id`
public record Route(Method method, String path, Access access, Action action) {
  /// Who may use a route of a server that asks for keys.
  public enum Access {
    /// Anyone: what tells no more than that the server is there.
    OPEN,
    /// Who shows a key.
    KEY
  }

  /// Does what one route does; throws [ApiException] for what the client can mend.
  @FunctionalInterface
  public interface Action {
    void run(Exchange exchange) throws InterruptedException;
  }

  public static Route get(String path, Access access, Action action) {
    return new Route(Method.GET, path, access, action);
  }

  public static Route delete(String path, Access access, Action action) {
    return new Route(Method.DELETE, path, access, action);
  }

  public static Route post(String path, Access access, Action action) {
    return new Route(Method.POST, path, access, action);
  }
}
