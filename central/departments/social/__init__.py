"""Social security (``domain.md`` 6) and medical insurance: records, acts, contributions."""

from central.departments.social.calls import calls
from central.departments.social.medical import MedicalInsurance
from central.departments.social.office import SocialSecurity
from central.departments.social.rules import faults

__all__ = ["MedicalInsurance", "SocialSecurity", "calls", "faults"]
