package dev.imago.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that gets an error for an answer, in OpenAI's form. Its message is written for the
/// client: value, bound, mend.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String CUT = "incomplete_body";

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;

  private ApiException(
      int status, String message, String type, @Nullable String param, @Nullable String code) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /// A request that cannot be, because of one of its fields.
  public static ApiException invalid(@Nullable String param, String message) {
    return new ApiException(400, message, "invalid_request_error", param, null);
  }

  public static ApiException invalid(@Nullable String param, String code, String message) {
    return new ApiException(400, message, "invalid_request_error", param, code);
  }

  public static ApiException of(int status, String code, String message) {
    String type =
        switch (status) {
          case 429 -> "rate_limit_error";
          case 500, 502, 503 -> "server_error";
          default -> "invalid_request_error";
        };
    return new ApiException(status, message, type, null, code);
  }

  public static ApiException notFound(String param, String code, String message) {
    return new ApiException(404, message, "invalid_request_error", param, code);
  }

  /// A request whose body ended before its time.
  static ApiException cut() {
    return of(400, CUT, "the body ended before as much had come as was announced: send all of it");
  }

  /// Whether what is left of the request cannot be told from the next one.
  boolean breaksOff() {
    return status == 413 || status == 408 || CUT.equals(code);
  }

  /// A request whose body did not come in time.
  static ApiException slow() {
    return of(
        408, "request_timeout", "the body did not come in time: send the request in one go, again");
  }

  /// The same of another field: of a request in another form, which was read as OpenAI's.
  public ApiException of(@Nullable String field, String message) {
    return new ApiException(status, message, type, field, code);
  }

  /// OpenAI's kind of error.
  public String type() {
    return type;
  }

  /// The field that it is about; null where it is about none.
  public @Nullable String param() {
    return param;
  }

  /// What is wrong, in a word; null where the message alone tells.
  public @Nullable String code() {
    return code;
  }

  public int status() {
    return status;
  }

  /// `{"error":{"message","type","param","code"}}`
  public Map<String, Object> body() {
    var error = new LinkedHashMap<String, @Nullable Object>();
    error.put("message", getMessage());
    error.put("type", type);
    error.put("param", param);
    error.put("code", code);
    return Map.of("error", error);
  }
}
