// does: Notes which indexes and constraints the store has, so that those which the schema gives up can be dropped.
//
// Version 1 did not note what it made. Here stand its indexes as it declared them; never add to this list.
// step: noting the definitions of version 1
MATCH (m:Meta {id: 'definitions'}) WHERE m.made IS NULL
SET m.made = [
  'unique Meta meta_id id', 'unique Customer customer_id id',
  'range Customer customer_customer_no customerNo', 'fulltext Customer customer_search search',
  'unique Person person_id id', 'fulltext Person person_search search', 'unique Enterprise enterprise_id id',
  'range Enterprise enterprise_credit_code creditCode',
  'range Enterprise enterprise_registration_no registrationNo',
  'fulltext Enterprise enterprise_search search', 'unique Substation substation_id id',
  'range Substation substation_substation_no substationNo', 'fulltext Substation substation_search search',
  'unique Line line_id id', 'range Line line_line_no lineNo', 'fulltext Line line_search search',
  'unique Transformer transformer_id id', 'range Transformer transformer_transformer_no transformerNo',
  'fulltext Transformer transformer_search search', 'unique Switch switch_id id',
  'range Switch switch_switch_no switchNo', 'fulltext Switch switch_search search',
  'unique ServicePoint service_point_id id',
  'range ServicePoint service_point_service_point_no servicePointNo',
  'fulltext ServicePoint service_point_search search', 'unique Meter meter_id id',
  'range Meter meter_meter_no meterNo', 'fulltext Meter meter_search search', 'unique Device device_id id',
  'range Device device_device_no deviceNo', 'fulltext Device device_search search',
  'unique Address address_id id', 'fulltext Address address_search search', 'unique Area area_id id',
  'range Area area_area_code areaCode', 'range Area area_path path', 'fulltext Area area_search search',
  'unique Account account_id id', 'range Account account_account_no accountNo',
  'fulltext Account account_search search', 'unique Bill bill_id id', 'range Bill bill_bill_no billNo',
  'unique Payment payment_id id', 'range Payment payment_payment_no paymentNo',
  'unique CreditRecord credit_record_id id',
  'range CreditRecord credit_record_credit_record_no creditRecordNo',
  'unique ArrearsCase arrears_case_id id', 'range ArrearsCase arrears_case_case_no caseNo',
  'fulltext ArrearsCase arrears_case_search search', 'unique Interaction interaction_id id',
  'range Interaction interaction_interaction_no interactionNo',
  'fulltext Interaction interaction_search search', 'unique WorkOrder work_order_id id',
  'range WorkOrder work_order_work_order_no workOrderNo', 'range WorkOrder work_order_state state',
  'fulltext WorkOrder work_order_search search', 'unique Technician technician_id id',
  'range Technician technician_technician_no technicianNo', 'fulltext Technician technician_search search',
  'unique Skill skill_id id', 'range Skill skill_skill_code skillCode', 'fulltext Skill skill_search search',
  'unique Outage outage_id id', 'range Outage outage_outage_no outageNo',
  'fulltext Outage outage_search search', 'unique Service service_id id',
  'range Service service_service_code serviceCode', 'fulltext Service service_search search',
  'unique Recommendation recommendation_id id',
  'range Recommendation recommendation_recommendation_no recommendationNo',
  'unique RiskOverride risk_override_id id', 'range RiskOverride risk_override_override_no overrideNo',
  'unique WatchRule watch_rule_id id', 'range WatchRule watch_rule_watch_no watchNo', 'unique Run run_id id',
  'range Run run_run_id runId', 'unique Community community_id id',
  'range Community community_community_no communityNo', 'unique Segment segment_id id',
  'range Segment segment_segment_no segmentNo', 'fulltext Segment segment_search search'
]
RETURN count(m) AS changed
