/// Routes and who may use them, requests field by field, the access log, TLS.
module dev.imago.http {
  requires static transitive org.jspecify;
  requires transitive dev.imago.core;
  requires transitive io.helidon.http;
  requires transitive io.helidon.webserver;
  requires io.helidon.common.tls;
  requires tools.jackson.core;
  requires tools.jackson.databind;

  exports dev.imago.http;
}
