package io.tracestore.provider.postgresql;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.postgresql.PGProperty;

/** The options of the driver. Apart from the store's own, which can be told without the driver. */
final class DriverOptions {
  /** What the body of a URI or the store itself says; given twice, one would be ignored. */
  private static final Set<PGProperty> OWN =
      Set.of(
          PGProperty.PG_HOST,
          PGProperty.PG_PORT,
          PGProperty.PG_DBNAME,
          PGProperty.CURRENT_SCHEMA,
          PGProperty.AUTOSAVE,
          PGProperty.READ_ONLY,
          PGProperty.REPLICATION,
          PGProperty.PREFER_QUERY_MODE,
          PGProperty.STRING_TYPE);

  /** The options of the driver that a URI may give. */
  static final List<String> ALL =
      Arrays.stream(PGProperty.values())
          .filter(property -> !OWN.contains(property))
          .map(PGProperty::getName)
          .toList();

  private DriverOptions() {}
}
