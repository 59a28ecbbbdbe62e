/// Runs, artifacts and models in a browser.
module dev.imago.console {
  requires com.nimbusds.jose.jwt;
  requires dev.imago.alerts;
  requires dev.imago.http;
  requires io.helidon.http;
  requires java.net.http;
  requires jdk.jfr;
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires transitive dev.imago.accounts;
  requires transitive dev.imago.core;
  requires transitive dev.imago.data;

  exports dev.imago.console;

  // Jackson binds records that are not public.
  opens dev.imago.console.profiles to
      tools.jackson.databind;
  opens dev.imago.console.runs to
      tools.jackson.databind;
}
