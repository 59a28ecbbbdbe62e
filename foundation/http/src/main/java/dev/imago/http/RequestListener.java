package dev.imago.http;

import java.util.Optional;
import java.util.function.Function;

/// Hears of every request when it comes and once it is over, both on the thread that answers it.
@FunctionalInterface
public interface RequestListener {
  void answered(Answered request);

  /// A request has come; nothing is known yet of who sent it.
  default void arrived(Arrived request) {}

  /// A request that has come.
  ///
  /// @param route the pattern of its route, or `other`: never the path, which clients choose
  /// @param method of the request
  /// @param header of a name, the first line of it
  record Arrived(String route, String method, Function<String, Optional<String>> header) {}

  /// A request that is over.
  ///
  /// @param route the pattern of its route, or `other`: never the path, which clients choose
  /// @param method of the request
  /// @param path as the client sent it
  /// @param referer empty where there is none; so with `userAgent`
  /// @param status 499 where the client went before its answer
  /// @param bytes of the answer's body
  /// @param nanos from its arrival to the end of its answer
  record Answered(
      String route,
      Caller caller,
      String method,
      String path,
      String referer,
      String userAgent,
      int status,
      long bytes,
      long nanos) {}
}
