package dev.imago.core;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A setting's name before it was called as the field calls it: recipes that still say it are read,
/// and told the new one.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Formerly {
  String value();

  /// Whether it was a setting beside the group that it is in now.
  boolean outside() default false;
}
