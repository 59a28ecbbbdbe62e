/// Alerts on anything measured.
module dev.imago.alerts {
  requires jakarta.mail;
  requires java.net.http;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires transitive dev.imago.core;

  exports dev.imago.alerts;

  // Jackson binds records that are not public.
  opens dev.imago.alerts to
      tools.jackson.databind;
}
