package io.tracestore.provider.postgresql.connect;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.postgresql.PGProperty;

/**
 * The options of the driver. A class of its own, so that the store's options can be listed without
 * the driver.
 */
public final class DriverOptions {
  /**
   * Options that the body of a URI or the store itself sets; if one were given twice, one value
   * would be ignored.
   */
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
  public static final List<String> ALL =
      Arrays.stream(PGProperty.values())
          .filter(property -> !OWN.contains(property))
          .map(PGProperty::getName)
          .toList();

  private DriverOptions() {}
}
