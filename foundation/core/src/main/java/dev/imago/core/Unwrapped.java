package dev.imago.core;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A record in a config whose components are settings beside the config's own, in no group with a
/// name: what several stages have alike stands once. As Jackson's `@JsonUnwrapped`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Unwrapped {}
