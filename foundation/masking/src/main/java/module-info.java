/// What may lead to a person, found in texts and taken out of them.
@SuppressWarnings("requires-automatic") // libphonenumber has a name, and no descriptor
module dev.imago.masking {
  requires com.google.i18n.phonenumbers.libphonenumber;
  requires transitive dev.imago.core;
  requires static transitive org.jspecify;

  exports dev.imago.masking;
}
