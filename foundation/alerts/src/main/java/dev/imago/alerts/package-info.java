/// Alerts: rules in YAML ([AlertRules]) over measured series ([Series]).
///
/// In: rules, series, and the time that it is; nothing here reads a clock, so that the past and
/// tests are looked at as the present is. Out: alerts that are pending, firing or resolved
/// ([AlertBook]), told once ([Webhook]); rule files of Prometheus ([PrometheusRules]); how far
/// traffic drifted ([Drift]). Knows no run, no server, no model.
@NullMarked
package dev.imago.alerts;

import org.jspecify.annotations.NullMarked;
