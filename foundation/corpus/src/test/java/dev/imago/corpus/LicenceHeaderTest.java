package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class LicenceHeaderTest {
  @Test
  void aLicenceCommentGoesAndTheCodeStays() {
    assertEquals(
        "package a;\n",
        LicenceHeader.strip("/*\n * Copyright (c) 2020, Someone.\n */\n\npackage a;\n"));
    assertEquals(
        "package a;\n",
        LicenceHeader.strip("// SPDX-License-Identifier: MIT\n// All of it\n\npackage a;\n"));
  }

  @Test
  void otherCommentsBeforeTheCodeStay() {
    assertEquals(
        "/* reserved comment block */\npackage a;",
        LicenceHeader.strip("/* reserved comment block */\n/* Licensed to the ASF */\npackage a;"));
  }

  @Test
  void documentationThatSpeaksOfALicenceStaysUnlessItStatesACopyright() {
    String documented = "/// Reads a license file.\npackage a;\n";
    assertSame(documented, LicenceHeader.strip(documented));
    assertEquals(
        "package a;\n", LicenceHeader.strip("/** Copyright (c) 2020 Me. */\npackage a;\n"));
  }

  @Test
  void onlyWhatStandsBeforeTheCodeIsLookedAt() {
    String late = "package a;\n/* Copyright (c) 2020 */\nclass A {}\n";
    assertSame(late, LicenceHeader.strip(late));
    String open = "/* Copyright without an end";
    assertSame(open, LicenceHeader.strip(open));
    assertEquals("", LicenceHeader.strip("// copyright"));
  }
}
